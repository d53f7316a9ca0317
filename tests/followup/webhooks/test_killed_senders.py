"""Senders killed at every step, and several at once: each call arrives, under one key."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.followup.test_crashes import run
from tests.followup.webhooks.receiver import Receiver

pytestmark = [pytest.mark.slow, pytest.mark.services, pytest.mark.django_db(transaction=True)]

CALLS = 4
DOUBTFUL = "after it is posted"
"""Killed between the receiver's taking a call and our noting it: it is sent again."""


def test_every_call_arrives_and_twice_only_where_nobody_knows(
    other_process, receiver: Receiver
) -> None:
    environment = {
        "RECEIVER_URL": receiver.url,
        "WEBHOOK_ALLOWED_NETWORKS": "127.0.0.0/8",
        "WEBHOOK_ALLOW_HTTP": "1",
    }
    outcomes = run("tests.followup.webhooks.killed_senders", other_process() | environment)

    assert len(outcomes) == 8
    for number, outcome in enumerate(outcomes):
        arrived = [got for got in receiver.got if got.path.endswith(f"&case={number}")]
        times = Counter(got.key for got in arrived)
        assert len(outcome["keys"]) == CALLS, outcome
        assert set(times) == set(outcome["keys"]), f"{outcome['case']}: a call is lost"
        assert outcome["states"] == ["delivered"], outcome
        doubled = 1 if outcome["case"] == DOUBTFUL else 0
        assert sum(times.values()) == CALLS + doubled, f"{outcome['case']}: {times}"
        # Whoever has the message already knows it by its key, and finds nothing new in it.
        assert len({got.body for got in arrived}) == CALLS
