"""Senders of webhooks in processes of their own, killed and at once: run as a module.

For every step a sender is killed there by SIGKILL; when its lease is over, two senders run at once.
In the end three start at once and none is killed. Calls go to RECEIVER_URL with the number of the
case. Prints one JSON object per case with the keys that were due and the states they ended in.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from functools import partial
from typing import Any

import django

django.setup()

from followup.models import Webhook, WebhookCall  # noqa: E402
from followup.services import recompute_all  # noqa: E402
from followup.services import webhooks as service  # noqa: E402
from followup.webhooks import queue, sending  # noqa: E402
from registry.scope import system_scope  # noqa: E402
from tests.factories import CentreFactory, administrator  # noqa: E402
from tests.followup.factories import followed  # noqa: E402
from tests.followup.sweeping import DUE_DAY  # noqa: E402
from tests.followup.webhooks.running import NOON, run_at  # noqa: E402
from tests.killing import at_once, in_child, kill_at  # noqa: E402

PATIENTS = 4
STEPS: list[tuple[str, Any, str, bool, int]] = [
    ("after entering", sending, "enter_calls", False, 1),
    ("before a claim", queue, "claim", True, 2),
    ("after a claim", queue, "claim", False, 2),
    ("after a message is made", sending, "_prepared", False, 2),
    ("before it is posted", sending, "post", True, 2),
    ("after it is posted", sending, "post", False, 2),
    ("after it is marked", queue, "mark_delivered", False, 2),
]


def killed_run(place: Any, attribute: str, before: bool, call: int) -> None:
    kill_at(place, attribute, before, call)
    run_at(NOON)


def late_run() -> None:
    """After the lease of what was claimed at noon."""
    run_at(NOON + queue.LEASE + dt.timedelta(seconds=1))


def start_over(number: int) -> None:
    with system_scope():
        WebhookCall.objects.all().delete()
    Webhook.objects.update(url=f"{os.environ['RECEIVER_URL']}&case={number}")


def report(name: str) -> None:
    with system_scope():
        rows = list(WebhookCall.objects.values_list("key", "state"))
    found = {"case": name, "keys": [str(key) for key, _state in rows]}
    sys.stdout.write(json.dumps(found | {"states": sorted({state for _, state in rows})}) + "\n")
    sys.stdout.flush()


def main() -> None:
    centre = CentreFactory.create()
    for _ in range(PATIENTS):
        followed(centre=centre)
    recompute_all(today=DUE_DAY)
    service.add(centre=centre, name="Hook", url=os.environ["RECEIVER_URL"], by=administrator())
    run_at(NOON)  # what a run imports is then there for every forked process
    for number, (name, *step) in enumerate(STEPS):
        start_over(number)
        _, status = os.waitpid(in_child(partial(killed_run, *step)), 0)
        assert os.WIFSIGNALED(status), f"{name}: the sender was not killed"
        at_once(late_run, 2)
        report(name)
    start_over(len(STEPS))
    at_once(partial(run_at, NOON), 3)
    report("three at once")


if __name__ == "__main__":
    main()
