"""Collecting: what Azure says of a subscription, read into a snapshot; nothing is written."""
