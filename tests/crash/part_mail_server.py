"""A real mail server that is down, busy, slow and unsteady, killed itself, and refuses somebody."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from functools import partial

from django.test import override_settings

from followup import tasks
from registry.models import User
from tests.crash import relay as relays
from tests.crash import steps
from tests.crash.accounting import sent_so_far
from tests.crash.children import Children
from tests.crash.harness import Harness, Outcome
from tests.crash.seeding import CENTRES, due_once
from tests.crash.smtp_server import REFUSED, Mood, SmtpServer

PAUSE = dt.timedelta(minutes=40)
"""Between sweeps: longer than the pause after the fifth failure of a mail, 16 minutes."""
TIMEOUT_SECONDS = 0.5  # until a sweeper has enough of a silent server
KILLED_PAIRS = CENTRES * 3 // 4  # each uses up to the mails of a centre, which has ten people
MOST_SESSIONS = 6  # begun before a pair of sweepers is killed
LONGEST_SESSION_SECONDS = 0.05
SERVER_EVERY = 5  # pairs of sweepers, the server is killed as well


def run(harness: Harness) -> Iterator[Outcome]:
    """Without a log, and with one that the registry reads."""
    yield _through(harness, relays.SERVER)
    yield _through(harness, relays.SERVER_WITH_LOG)


def _through(harness: Harness, relay: relays.Relay) -> Outcome:
    server = SmtpServer()
    patient = override_settings(EMAIL_PORT=server.port, EMAIL_TIMEOUT=TIMEOUT_SECONDS)
    with patient, harness.begin(relay) as children:
        refused = User.objects.filter(memberships__isnull=False).earliest("pk")
        address = refused.email
        User.objects.filter(pk=refused.pk).update(email=f"{REFUSED}-{address}")
        kills = harness.sweep(children, steps.Point(steps.FAILING, True, 2), None)
        down = sent_so_far()
        harness.later(PAUSE)
        pid = _start(harness, children, server)
        server.behave(Mood.BUSY)
        kills += harness.sweep(children, steps.Point(steps.FAILING, False, 3), None)
        busy = sent_so_far()
        server.behave(Mood.WELL)
        kills += _kill_in_sessions(harness, children, server, pid)
        killed = sent_so_far()
        harness.later(PAUSE)
        server.behave(Mood.UNSTEADY)
        harness.sweep(children, None, None)
        unsteady = sent_so_far()
        server.behave(Mood.WELL)
        for _ in range(3):
            harness.later(PAUSE)
            harness.sweep(children, None, None)
        notes = (
            f"mails sent while down {down}, while busy {busy}, until the last kill {killed}, until "
            f"unsteadiness ends {unsteady}, until the day ends {sent_so_far()}",
            f"one person refused on the first day and told on the second; {server.met} sessions",
        )
        # The next day the refused address is mended, and its reminders are told after all.
        User.objects.filter(pk=refused.pk).update(email=address)
        harness.later(dt.timedelta(days=1))
        harness.sweep_until_settled(children, due := due_once())
        return Outcome(relay, harness.account(due), kills, 2 + 2 * KILLED_PAIRS, notes)


def _kill_in_sessions(harness: Harness, children: Children, server: SmtpServer, pid: int) -> int:
    """Two sweepers at a time are killed while they speak with the server; returns the kills.

    Every few times the server is killed a moment before them, and started again.
    """
    draw = harness.random
    kills = 0
    for number in range(KILLED_PAIRS):
        harness.later(PAUSE)
        pair = [children.start(tasks.tick) for _ in range(2)]
        enough = server.met + draw.randint(2, MOST_SESSIONS)
        has_met = partial(server.has_met, enough)
        harness.go_on(children, has_met, lambda: None, f"{enough} sessions", every=0)
        time.sleep(draw.uniform(0, LONGEST_SESSION_SECONDS))
        if number % SERVER_EVERY == 0:
            children.kill(pid)
            time.sleep(LONGEST_SESSION_SECONDS)
            pid = _start(harness, children, server)
        kills += sum(children.kill(sweeper) for sweeper in pair)
    return kills


def _start(harness: Harness, children: Children, server: SmtpServer) -> int:
    pid = children.start(server.serve)
    harness.go_on(children, server.answers, lambda: None, "a mail server that listens")
    return pid
