"""What the answers keep: time-to-event tables, and how far they know the facts."""

from analytics.models.kept import KeptTable, StudyState

__all__ = ["KeptTable", "StudyState"]
