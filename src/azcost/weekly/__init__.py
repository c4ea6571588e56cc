"""The weekly mail: composed from a snapshot, sent once, and the job that does it each week."""
