"""What was used: traces and exports, read into arrays."""
