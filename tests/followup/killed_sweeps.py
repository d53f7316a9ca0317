"""Sweeps in processes of their own, killed and at once: ``python -m tests.followup.killed_sweeps``.

For every step a sweep is killed there by SIGKILL; when its lease is over, two sweepers run at once.
In the end three sweepers start at once and none is killed.
Prints one JSON object per case with the people that were due a digest, the Message-IDs that were
delivered, and the number of digests of which nobody knows. Works on the database of the settings.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.mail import get_connection  # noqa: E402

from followup import digests, ledger, posting, sweep  # noqa: E402
from followup.models import Digest, ExpectedVisit, Mail, Recomputation, Reminder  # noqa: E402
from registry.models import User  # noqa: E402
from registry.scope import system_scope  # noqa: E402
from tests.factories import CentreFactory, data_manager  # noqa: E402
from tests.followup.factories import followed  # noqa: E402
from tests.followup.sweeping import DUE_DAY  # noqa: E402
from tests.killing import at_once, kill_at, killed  # noqa: E402

PEOPLE = 5
PATIENTS = 3
NOON = dt.datetime(DUE_DAY.year, DUE_DAY.month, DUE_DAY.day, 12, tzinfo=dt.UTC)

BACKEND = type(get_connection())
STEPS: list[tuple[str, Any, str, bool]] = [
    ("before recomputing", sweep, "recompute_all", True),
    ("after recomputing", sweep, "recompute_all", False),
    ("after entering the needs", ledger, "enter_needs", False),
    ("before a claim", ledger, "claim", True),
    ("after a claim", ledger, "claim", False),
    ("after checking the needs", ledger, "check_needs", False),
    ("after writing a mail", digests, "digest_message", False),
    ("after handing over", posting, "hand_over", False),
    ("after sending", BACKEND, "send_messages", False),
    ("after marking", posting, "mark_sent", False),
]
ONCE_A_SWEEP = 3  # of these steps


def cases() -> Iterator[tuple[str, Any, str, bool, int]]:
    """Every step at its first call, and the steps of a digest at their last but one as well."""
    for index, (name, place, attribute, before) in enumerate(STEPS):
        yield f"{name}, first", place, attribute, before, 1
        if index >= ONCE_A_SWEEP:
            yield f"{name}, fourth", place, attribute, before, 4


def sweep_at(now: dt.datetime) -> None:
    sweep.sweep(clock=lambda: now)


def killed_sweep(place: Any, attribute: str, before: bool, call: int) -> None:
    kill_at(place, attribute, before, call)
    sweep_at(NOON)


def late_sweep() -> None:
    """A sweep after the lease of what was claimed at noon."""
    sweep_at(NOON + posting.lease() + dt.timedelta(seconds=1))


def start_over() -> None:
    """Forget every visit, reminder and mail; patients and people stay."""
    with system_scope():
        for model in (Reminder, Digest, Mail, ExpectedVisit, Recomputation):
            model._base_manager.all().delete()
    Path(os.environ["RELAY_FILE"]).write_text("")


def outcome(name: str) -> dict[str, Any]:
    if settings.EMAIL_BACKEND.endswith("MailboxBackend"):
        delivered = list(Mail.objects.values_list("message_id", flat=True))
    else:
        delivered = Path(os.environ["RELAY_FILE"]).read_text().split()
    with system_scope():
        return {
            "case": name,
            "due": list(
                User.objects.filter(memberships__isnull=False).values_list("pk", flat=True)
            ),
            "delivered": sorted(delivered),
            "unknown": list(Digest.objects.filter(state="unknown").values_list("user", flat=True)),
            "states": sorted(set(Digest.objects.values_list("state", flat=True))),
            "reminders": Reminder.objects.count(),
        }


def main() -> None:
    """Seed, then run every case."""
    centre = CentreFactory.create()
    for _ in range(PATIENTS):
        followed(centre=centre)
    for _ in range(PEOPLE):
        data_manager(centre)
    sweep_at(NOON)  # what a sweep imports is then there for every forked process
    for name, *step in cases():
        start_over()
        killed(partial(killed_sweep, *step), name)
        at_once(late_sweep, 2)
        report(name)
    start_over()
    at_once(lambda: sweep_at(NOON), 3)
    report("three at once")


def report(name: str) -> None:
    """Write the outcome as a line at once: forked processes would repeat what is still buffered."""
    sys.stdout.write(json.dumps(outcome(name)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
