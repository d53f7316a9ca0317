"""Sweepers killed before and after each step of a sweep, two at a time, over and over."""

from __future__ import annotations

import math
from collections.abc import Iterator

from tests.crash import relay as relays
from tests.crash import steps
from tests.crash.harness import KILLS, Harness, Outcome
from tests.crash.seeding import due_once
from tests.crash.steps import Point, points

CALLS = 3


def run(harness: Harness) -> Iterator[Outcome]:
    """A relay that can be asked on the one site, and one that cannot on the other."""
    relay = relays.MAILBOX if harness.site.name == "sqlite" else relays.WITHOUT_LOG
    each = [*points(steps.OF_A_DIGEST, CALLS), *points(steps.ONCE_A_SWEEP, 1)]
    once_a_day = points((steps.RECOMPUTING,), 1)
    rounds = math.ceil(KILLS / len(each))
    yield killed_at(harness, relay, each * rounds, alone=once_a_day)


def killed_at(
    harness: Harness, relay: relays.Relay, moments: list[Point], *, alone: list[Point] | None = None
) -> Outcome:
    """First one sweeper killed at each point of ``alone``, then two at once through the others.

    The second of two goes through the points from the middle on, so that both are killed at
    different steps.
    """
    with harness.begin(relay) as children:
        due = due_once()
        half = (len(moments) + 1) // 2
        pairs = [moments[number::half] for number in range(half)]
        kills = 0
        for killed in [*([point] for point in alone or []), *pairs]:
            kills += harness.sweep(children, *killed)
            harness.after_leases()
        harness.sweep_until_settled(children, due)
        least = len(moments) + len(alone or [])
        return Outcome(relay, harness.account(due), kills, least)
