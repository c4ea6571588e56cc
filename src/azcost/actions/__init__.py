"""What changes Azure, and only that: shown first, done when agreed, the same the second time."""
