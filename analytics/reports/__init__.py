"""Outcome reports: blocks of tables, figures and text about a cohort, as HTML, PDF and document."""
