"""Designs that somebody wrote for another tool, read as specifications."""
