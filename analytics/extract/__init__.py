"""From recorded facts to one time-to-event table per endpoint (docs/analysis-plan.md)."""

from analytics.extract.landmark import LandmarkTime
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
    "LandmarkTime",
    "Numbers",
    "Reason",
    "TimeToEvent",
    "time_to_event",
    "times_to_events",
]
