"""How many are in a time-to-event table, how they ended, and who is not in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.extract.landmark import LandmarkTime
from analytics.extract.words import Reason
from registry.protocols.types import Endpoint


@dataclass(frozen=True)
class Numbers:
    """All that is said in words under a curve of an endpoint.

    Attributes:
        n: patients or lesions in the table.
        events: how many of them had the event.
        competing_events: how many had a competing event first; the curve censors them there.
        excluded: how many others of the study are not in the table, by reason.
        latest_day: the last day on which one of them was observed; None without anybody.
        landmark: the time from which they are counted, where it is not the time origin.
    """

    endpoint: Endpoint
    n: int
    events: int
    competing_events: int
    excluded: Mapping[Reason, int]
    latest_day: dt.date | None
    landmark: LandmarkTime | None = None

    @property
    def n_excluded(self) -> int:
        """Patients and lesions of the study that are not in the table."""
        return sum(self.excluded.values())
