"""The real worker with its beat, killed during a sweep and started again: every digest once."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from registry.protocols.calendar import add_months
from tests.conftest import ROOT
from tests.factories import data_manager
from tests.followup.factories import followed
from tests.processes import SQLITE_FILE

PEOPLE = 200
KILL_AT = (20, 120)  # mails
POLL_SECONDS = 0.02
WAIT_SECONDS = 90  # for all; on an idle machine it takes a sixth of it

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform == "win32", reason="kills process groups"),
]


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Worker and beat in a process group of their own, which is killed in the end."""
    command = "-m celery -A config worker -B -P solo --without-gossip --without-mingle"
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [sys.executable, *command.split()],
            env={**os.environ, **environment},
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_every_due_digest_is_sent_once(other_process, tmp_path):
    """Beat ticks each second; twice worker and beat are killed in the middle of a sweep."""
    today = timezone.localdate()
    ended_on = add_months(today, -3)
    centre = followed(ended_on=str(ended_on)).patient.centre
    people = [data_manager(centre) for _ in range(PEOPLE)]
    environment = other_process() | {"FOLLOWUP_TICK_SECONDS": "1"}
    log = tmp_path / "worker.log"
    deadline = time.monotonic() + WAIT_SECONDS
    database = sqlite3.connect(tmp_path / SQLITE_FILE)

    def count(condition: str = "1") -> int:
        query = f"SELECT count(*) FROM followup_mail WHERE {condition}"
        return int(database.execute(query).fetchone()[0])

    def at_least(mails: int) -> bool:
        return count() >= mails

    def wait_for(process: subprocess.Popen[bytes], is_so: Callable[[], bool]) -> None:
        while not is_so():
            assert time.monotonic() < deadline, log.read_text()
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL_SECONDS)
                pytest.fail(f"the worker ended by itself: {log.read_text()}")

    killed_in_the_middle = 0
    for mails in KILL_AT:
        with worker(environment, log) as process:
            wait_for(process, partial(at_least, mails))
        killed_in_the_middle += count() < PEOPLE
    assert killed_in_the_middle == len(KILL_AT)

    unsettled = "SELECT count(*) FROM followup_digest WHERE state <> 'sent'"
    with worker(environment, log) as process:
        wait_for(process, lambda: count() == PEOPLE)
        wait_for(process, lambda: database.execute(unsettled).fetchone() == (0,))

    days = {today, timezone.localdate()}  # midnight may pass meanwhile
    texts = "SELECT recipients, message_id FROM followup_mail"
    delivered = [(recipients, message_id) for recipients, message_id in database.execute(texts)]
    assert sorted(recipients for recipients, _ in delivered) == sorted(
        f'["{person.email}"]' for person in people
    )
    assert {message_id for _, message_id in delivered} <= {
        f"<followup-{day:%Y%m%d}-{person.pk}@127.0.0.1>" for person in people for day in days
    }
    told = "SELECT count(*), count(DISTINCT recipient_id) FROM followup_reminder WHERE held = ''"
    assert database.execute(told).fetchone() == (PEOPLE, PEOPLE)
    database.close()
