"""Frozen analyses: what they hold, how they are stored, read, and compared with one another."""
