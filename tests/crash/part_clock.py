"""Sweeps every 20 minutes over days on which the clocks of the centres change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from followup import tasks
from tests.crash import relay as relays
from tests.crash.harness import PATIENCE, Harness, Outcome
from tests.crash.seeding import due_once, end_radiotherapy, keep_centres
from tests.crash.sweepers import Sweepers

EVERY = dt.timedelta(minutes=20)
BEFORE = dt.timedelta(hours=26)
AFTER = dt.timedelta(hours=34)
CENTRES = 2


@dataclass(frozen=True)
class Change:
    """The instant of a change, and days of radiotherapy so that visits open around it.

    Month 3 under jinling opens 14 days before its target. So of a visit that opens on the day of
    the change, radiotherapy ended three months before the day 14 days after it: 29 March →
    12 April → 12 January. Of one that opens the day after, one day later.
    """

    zone: str
    at: dt.datetime
    ended_on: dt.date
    what: str


CHANGES = (
    Change(
        "Europe/Rome",
        dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC),
        dt.date(2026, 1, 12),
        "02:00 to 03:00 on 29 March 2026",
    ),
    Change(
        "Europe/Rome",
        dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC),
        dt.date(2026, 8, 8),
        "03:00 to 02:00 on 25 October 2026",
    ),
    Change(
        "Africa/Cairo",
        dt.datetime(2026, 4, 23, 22, tzinfo=dt.UTC),
        dt.date(2026, 2, 8),
        "00:00 to 01:00 on 24 April 2026",
    ),
    Change(
        "Africa/Cairo",
        dt.datetime(2026, 10, 29, 21, tzinfo=dt.UTC),
        dt.date(2026, 8, 13),
        "24:00 to 23:00 on 29 October 2026",
    ),
)


def run(harness: Harness) -> Iterator[Outcome]:
    """Everybody is told of each patient twice: ahead on the first day, due on the day it opens."""
    for change in CHANGES:
        with harness.begin(relays.WITHOUT_LOG, at=change.at - BEFORE) as children:
            keep_centres(CENTRES, timezone=change.zone)
            end_radiotherapy(even=change.ended_on, odd=change.ended_on + dt.timedelta(days=1))
            due = due_once()
            due += due
            pair = Sweepers(children, 2, tasks.tick, patience=PATIENCE)
            sweeps = 0
            while harness.clock.now() <= change.at + AFTER:
                pair.sweep()
                sweeps += 2
                harness.later(EVERY)
            pair.close()
            account = harness.account(due)
            notes = (f"{change.zone}, {change.what}: {sweeps} sweeps, two at a time",)
            yield Outcome(relays.WITHOUT_LOG, account, 0, 0, notes)
