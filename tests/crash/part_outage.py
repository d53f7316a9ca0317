"""Beat and workers are killed in the middle of a day, and come back three days later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tests.crash import relay as relays
from tests.crash.harness import Harness, Outcome
from tests.crash.seeding import ENDED_ON, due_once, end_radiotherapy

OUTAGE = dt.timedelta(days=3)
ENDED_LATER = dt.date(2024, 2, 20)
"""Month 3 is 20 May, its window opens on 6 May: it is told ahead from 22 April, two days after the
due day of the others and one day before beat is back."""
SHARE = 0.4  # of the mails of the first day have arrived when everything is killed


def run(harness: Harness) -> Iterator[Outcome]:
    """Half of the patients are due before the outage, half of them while it lasts."""
    relay = relays.MAILBOX if harness.site.name == "sqlite" else relays.WITHOUT_LOG
    with harness.begin(relay) as children:
        due = due_once()
        end_radiotherapy(even=ENDED_ON, odd=ENDED_LATER)
        people = len({address for address, _ in due})
        crew = harness.crew(children)
        harness.until_sent(children, int(SHARE * people), crew.work)
        crew.kill_beats()
        crew.kill_workers()
        before = len(relay.received())
        harness.later(OUTAGE)
        harness.until_settled(children, due, crew.work)
        children.kill_all()
        notes = (f"{before} of {people} people told before an outage of {OUTAGE.days} days",)
        kills = crew.tally.workers + crew.tally.beats
        yield Outcome(relay, harness.account(due), kills, 4, notes)
