"""What a sweep knows of the last minute: computed schedules, and the people to tell.

Schedules are computed anew before mails speak of them: many patients at once, and not twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from followup.days import Clock
from followup.people import People
from followup.services import recompute

STAYS_FRESH = dt.timedelta(minutes=1)
"""Changed facts are computed as they are saved; reading them once more is the net below it."""


class Freshness:
    """When, during one sweep, each patient's schedule was last computed and people were read.

    ``all_at``: when all of them were, if they were.
    """

    def __init__(self, *, today: dt.date, clock: Clock, all_at: dt.datetime | None = None) -> None:
        self._today = today
        self._clock = clock
        self._all_at = all_at
        self._computed: dict[int, dt.datetime] = {}
        self._people = People.at(clock())

    def see_to(self, patient_ids: Collection[int]) -> None:
        """Compute those anew whose facts were not read a moment ago."""
        now = self._clock()
        old = [pk for pk in patient_ids if not self._is_fresh(pk, now)]
        if old:
            recompute(old, today=self._today)
            self._computed.update(dict.fromkeys(old, now))

    def people(self) -> People:
        """The people, as they were read a moment ago."""
        now = self._clock()
        if not _is_recent(self._people.now, now):
            self._people = People.at(now)
        return self._people

    def people_for(self, reader: int) -> People:
        """The people, and the one who is about to be told as they stand now."""
        people = self.people()
        people.meet_again(reader, self._clock())
        return people

    def _is_fresh(self, patient_id: int, now: dt.datetime) -> bool:
        return _is_recent(self._computed.get(patient_id, self._all_at), now)


def _is_recent(at: dt.datetime | None, now: dt.datetime) -> bool:
    return at is not None and at <= now < at + STAYS_FRESH
