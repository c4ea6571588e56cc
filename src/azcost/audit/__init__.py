"""What runs: a snapshot of it, and the rules that judge the snapshot."""
