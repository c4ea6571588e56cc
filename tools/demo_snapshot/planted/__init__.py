"""Waste, one file per rule: every function whose name begins with `plant` is called."""
