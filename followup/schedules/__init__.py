"""The pure schedule engine: from a protocol and what is known to the expected visits."""

from followup.schedules.engine import AHEAD_MONTHS, expected_visits
from followup.schedules.notes import Note, NoteCode
from followup.schedules.types import (
    Amendment,
    AnchorDate,
    Anchors,
    Contact,
    Ending,
    Event,
    ExpectedVisit,
    Gap,
    IsDayOff,
    Override,
    OverrideKind,
    VisitStatus,
)

__all__ = [
    "AHEAD_MONTHS",
    "Amendment",
    "AnchorDate",
    "Anchors",
    "Contact",
    "Ending",
    "Event",
    "ExpectedVisit",
    "Gap",
    "IsDayOff",
    "Note",
    "NoteCode",
    "Override",
    "OverrideKind",
    "VisitStatus",
    "expected_visits",
]
