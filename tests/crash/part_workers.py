"""Real workers on the broker, killed at random moments and started again."""

from __future__ import annotations

from collections.abc import Iterator

from tests.crash import relay as relays
from tests.crash.harness import KILLS, Harness, Outcome
from tests.crash.seeding import due_once


def run(harness: Harness) -> Iterator[Outcome]:
    """The mailbox on the one site, a relay with a log on the other."""
    relay = relays.MAILBOX if harness.site.name == "sqlite" else relays.WITH_LOG
    with harness.begin(relay) as children:
        due = due_once()
        crew = harness.crew(children)

        def killed_enough() -> bool:
            return crew.tally.in_a_digest.total() >= KILLS or harness.is_settled(due)

        harness.go_on(children, killed_enough, crew.work_and_kill, f"{KILLS} kills in a digest")
        harness.until_settled(children, due, crew.work)
        children.kill_all()
        kills = crew.tally.in_a_digest.total()
        yield Outcome(relay, harness.account(due), kills, KILLS, crew.tally.notes())
