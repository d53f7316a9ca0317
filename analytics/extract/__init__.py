"""From recorded facts to one time-to-event table per endpoint (docs/analysis-plan.md)."""

from analytics.extract.numbers import Numbers
from analytics.extract.table import (
    COLUMNS,
    Excluded,
    TimeToEvent,
    time_to_event,
    times_to_events,
)
from analytics.extract.words import Reason

__all__ = [
    "COLUMNS",
    "Excluded",
    "Numbers",
    "Reason",
    "TimeToEvent",
    "time_to_event",
    "times_to_events",
]
