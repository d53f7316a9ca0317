"""The editor of a study's schedule: what is typed as a table, and what it comes to."""
