"""The pure schedule engine: from a protocol and what is known to the expected visits."""

from followup.schedules.engine import AHEAD_MONTHS, expected_visits
from followup.schedules.notes import Note, NoteCode
from followup.schedules.types import (
    AnchorDate,
    Contact,
    Ending,
    ExpectedVisit,
    Override,
    OverrideKind,
    VisitStatus,
)

__all__ = [
    "AHEAD_MONTHS",
    "AnchorDate",
    "Contact",
    "Ending",
    "ExpectedVisit",
    "Note",
    "NoteCode",
    "Override",
    "OverrideKind",
    "VisitStatus",
    "expected_visits",
]
