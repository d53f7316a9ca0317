"""Computes schedules anew before mails speak of them: many patients at once, and not twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from followup.services import recompute

Clock = Callable[[], dt.datetime]

STAYS_FRESH = dt.timedelta(minutes=1)
"""Changed facts are computed as they are saved; this is the net below it."""


class Freshness:
    """When the schedule of each patient was last computed during one sweep.

    ``all_at``: when all of them were, if they were.
    """

    def __init__(self, *, today: dt.date, clock: Clock, all_at: dt.datetime | None = None) -> None:
        self._today = today
        self._clock = clock
        self._all_at = all_at
        self._computed: dict[int, dt.datetime] = {}

    def see_to(self, patient_ids: Collection[int]) -> None:
        """Compute those anew whose facts were not read a moment ago."""
        now = self._clock()
        old = [pk for pk in patient_ids if not self._is_fresh(pk, now)]
        if old:
            recompute(old, today=self._today)
            self._computed.update(dict.fromkeys(old, now))

    def _is_fresh(self, patient_id: int, now: dt.datetime) -> bool:
        at = self._computed.get(patient_id, self._all_at)
        return at is not None and at <= now < at + STAYS_FRESH
