"""Sweepers killed at every step, and two sweepers at once: every due digest is sent once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.services, pytest.mark.django_db(transaction=True)]

CASES = 18  # 17 kills, and three sweepers at once
PEOPLE = 5
PATIENTS = 3


def run(module: str, environment: dict[str, str]) -> list[dict[str, Any]]:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-m", module],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def message_ids(outcome: dict[str, Any]) -> list[str]:
    return sorted(f"<followup-20240420-{pk}@127.0.0.1>" for pk in outcome["due"])


def test_with_a_mailbox_that_knows_what_it_took_every_digest_arrives_once(other_process):
    outcomes = run("tests.followup.killed_sweeps", other_process())
    assert len(outcomes) == CASES
    for outcome in outcomes:
        assert len(outcome["due"]) == PEOPLE
        assert outcome["delivered"] == message_ids(outcome), outcome["case"]
        assert outcome["states"] == ["sent"], outcome["case"]
        assert outcome["reminders"] == PEOPLE * PATIENTS, outcome["case"]


def test_with_a_relay_that_cannot_be_asked_nothing_is_lost_silently_or_doubled(other_process):
    backend = {"EMAIL_BACKEND": "tests.followup.relay.FileRelay"}
    outcomes = run("tests.followup.killed_sweeps", other_process() | backend)
    assert len(outcomes) == CASES
    doubtful = 0
    for outcome in outcomes:
        delivered, case = outcome["delivered"], outcome["case"]
        assert len(set(delivered)) == len(delivered), f"{case}: a digest was sent twice"
        shown = {f"<followup-20240420-{pk}@127.0.0.1>" for pk in outcome["unknown"]}
        assert shown | set(delivered) == set(message_ids(outcome)), f"{case}: a digest is lost"
        doubtful += len(shown)
    # Killed between handing over and marking, twice before and twice after the relay took it.
    assert doubtful == 4
