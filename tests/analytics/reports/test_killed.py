"""Workers killed at every step of a report: another one finishes it; each reader is told once."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.services(only=True),
    pytest.mark.django_db(transaction=True),
]

CASES = 9  # 8 kills, and three workers at once
READERS = 2


def test_a_report_is_finished_by_another_worker_whole_and_every_reader_is_told_once(
    other_process,
) -> None:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.analytics.reports.killed_reports"],
        env={**os.environ, **other_process()},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == CASES
    for line in lines:
        case = line["case"]
        assert line["is_made"], case
        assert line["snapshots"] == 1, case
        assert [edition[1:] for edition in line["editions"]] == [[True, True]] * READERS, case
        assert len(line["copies"]) == READERS, case
        assert line["states"] == ["sent"] * READERS, case
        assert line["mails"] == READERS, case
