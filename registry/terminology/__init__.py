"""Terminologies shipped as data, and their readers; none of them needs the database."""
