"""What users read: one view of an estimate, and the formats that show it."""
