"""Build `data/pricing/` from the recorded price rows."""
