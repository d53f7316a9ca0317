"""The broker is emptied while tasks wait in it, and the workers are killed with it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.crash import relay as relays
from tests.crash.accounting import settled, told_so_far
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
            enough = int(moment * people)
            harness.go_on(
                children, lambda: told_so_far() >= enough, crew.work, f"{enough} mails on their way"
            )
            crew.kill_workers()
            harness.go_on(
                children, lambda: harness.site.queued() >= WAITING, crew.send, "tasks in the broker"
            )
            thrown_away += harness.site.flush()
        harness.go_on(children, lambda: settled(due), crew.work, "everybody told")
        children.kill_all()
        notes = (f"broker emptied {len(MOMENTS)} times, {thrown_away} tasks thrown away",)
        account = harness.account(relay, due)
        yield Outcome(relay, account, crew.tally.workers, 2 * len(MOMENTS), notes)
