"""The broker is emptied while tasks wait in it, and the workers are killed with it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.crash import relay as relays
from tests.crash.harness import Harness, Outcome
from tests.crash.seeding import due_once

MOMENTS = (0.2, 0.5, 0.8)
"""Shares of the mails that have arrived when the broker is emptied."""
WAITING = 3  # tasks that wait in the broker when it is emptied


def run(harness: Harness) -> Iterator[Outcome]:
    """The mailbox on the one site, a relay that cannot be asked on the other."""
    relay = relays.MAILBOX if harness.site.name == "sqlite" else relays.WITHOUT_LOG
    with harness.begin(relay) as children:
        due = due_once()
        people = len({address for address, _ in due})
        crew = harness.crew(children)
        thrown_away = 0
        for moment in MOMENTS:
            harness.until_sent(children, int(moment * people), crew.work)
            crew.kill_workers()
            harness.go_on(
                children, lambda: harness.site.queued() >= WAITING, crew.send, "tasks in the broker"
            )
            thrown_away += harness.site.flush()
        harness.until_settled(children, due, crew.work)
        children.kill_all()
        notes = (f"broker emptied {len(MOMENTS)} times, {thrown_away} tasks thrown away",)
        account = harness.account(due)
        yield Outcome(relay, account, crew.tally.workers, 2 * len(MOMENTS), notes)
