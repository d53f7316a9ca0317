"""Each kind of relay: killed around the moment in which a mail changes hands."""

from __future__ import annotations

from collections.abc import Iterator

from tests.crash import relay as relays
from tests.crash import steps
from tests.crash.harness import Harness, Outcome
from tests.crash.part_steps import killed_at

CALLS = 4


def run(harness: Harness) -> Iterator[Outcome]:
    """The mailbox, a relay with a log, and one without."""
    for relay in (relays.MAILBOX, relays.WITH_LOG, relays.WITHOUT_LOG):
        yield killed_at(harness, relay, steps.points(steps.SENDING, CALLS))
