"""Kept time-to-event tables: how they are written, made anew and shown (decision 0033)."""
