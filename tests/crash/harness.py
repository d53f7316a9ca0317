"""What all parts use: a fresh registry with a relay and a clock, children, and the account."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from django.core.management import call_command
from django.db import connections, transaction
from django.template.loader import get_template
from django.test import override_settings
from django.urls import reverse

from followup import posting, tasks
from registry.models import User
from tests.crash.accounting import Account, account, sent_so_far, settled
from tests.crash.children import PAUSE_SECONDS, Children, Stuck
from tests.crash.clock import SimulatedClock
from tests.crash.databases import Site
from tests.crash.killer import Crew
from tests.crash.relay import MAILBOX, Relay
from tests.crash.seeding import DUE_DAY, Due, seed
from tests.crash.steps import Point

KILLS = int(os.environ.get("CRASH_KILLS", "100"))
"""So many kills a part that is about killing needs."""
PATIENCE = float(os.environ.get("CRASH_PATIENCE", "300"))
"""Seconds within which each part must come to its end."""
ASK_SECONDS = 0.1
MORNING = dt.datetime(DUE_DAY.year, DUE_DAY.month, DUE_DAY.day, 8, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Outcome:
    """What one part showed with one relay. ``kills`` are those that ``least`` are asked of."""

    relay: Relay
    account: Account
    kills: int
    least: int
    notes: tuple[str, ...] = ()

    @property
    def is_right(self) -> bool:
        """The account is, there were enough kills, and who can be asked leaves no doubt."""
        no_doubt = not self.relay.can_be_asked or not self.account.mails.unknown
        return self.account.is_right and self.kills >= self.least and no_doubt


class Harness:
    """One way to run, with its database seeded."""

    def __init__(self, site: Site, *, seed_of_chance: int) -> None:
        self.site = site
        self.clock = SimulatedClock()
        self.relay = MAILBOX
        self.random = Random(seed_of_chance)
        self.log = Path(os.environ["REGISTRY_DATA_DIR"]) / "children.log"

    def prepare(self) -> None:
        """Make the registry that every part begins with, and load what a sweep needs."""
        call_command("migrate", verbosity=0)
        seed()
        self.clock.install()
        self.clock.set(MORNING, goes_on=False)
        self._warm_up()
        connections.close_all()
        self.site.keep()

    def crew(self, children: Children) -> Crew:
        """Workers and beats for this site, and time that goes on for them."""
        self.clock.set(self.clock.now(), goes_on=True)
        return Crew(children, self.site.name, self.random)

    @contextmanager
    def begin(self, relay: Relay, *, at: dt.datetime = MORNING) -> Iterator[Children]:
        """A registry in which nothing was told yet, with that relay, at that time standing still.

        Children that still run at the end are killed.
        """
        connections.close_all()
        self.site.begin_anew()
        self.clock.set(at, goes_on=False)
        self.relay = relay
        relay.install()
        self.log.unlink(missing_ok=True)
        with Children(self.log) as children:
            yield children

    def sweep(self, children: Children, *killed_at: Point | None) -> int:
        """As many sweepers at once as are named, each killed at its point; returns the kills."""
        pids = [children.start(_sweep(point)) for point in killed_at]
        return children.wait(pids, seconds=PATIENCE)

    def later(self, by: dt.timedelta) -> None:
        """Let it be so much later; the relay has written its log meanwhile."""
        self.clock.advance(by)
        self.relay.go_on()

    def after_leases(self) -> None:
        """Let every lease of now be over."""
        self.later(posting.lease() + dt.timedelta(seconds=1))

    def is_settled(self, due: Due) -> bool:
        """Whether everybody is told and nothing is left to do."""
        return settled(due, without_doubt=self.relay.can_be_asked)

    def sweep_until_settled(self, children: Children, due: Due) -> None:
        """Two sweepers at a time, whom nobody kills, until nothing is left to do.

        Raises:
            Stuck: it does not come to that.
        """
        for _ in range(10):
            self.after_leases()
            self.sweep(children, None, None)
            if self.is_settled(due):
                return
        raise Stuck(f"ten sweeps did not settle everything\n{children.tail()}")

    def go_on(
        self,
        children: Children,
        is_so: Callable[[], bool],
        doing: Callable[[], None],
        what: str,
        *,
        every: float = ASK_SECONDS,
    ) -> None:
        """Do something over and over, until something is so, which is asked now and then.

        Raises:
            Stuck: it does not come about within the patience of the harness.
        """
        begun = asked = time.monotonic()
        while True:
            doing()
            time.sleep(PAUSE_SECONDS)
            now = time.monotonic()
            if now < asked + every:
                continue
            asked = now
            self.relay.go_on()
            if is_so():
                return
            if now > begun + PATIENCE:
                raise Stuck(f"{what}: not within {PATIENCE:.0f} s\n{children.tail()}")

    def until_sent(self, children: Children, count: int, doing: Callable[[], None]) -> None:
        """Do something over and over, until so many mails are sent."""
        self.go_on(children, lambda: sent_so_far() >= count, doing, f"{count} mails on their way")

    def until_settled(self, children: Children, due: Due, doing: Callable[[], None]) -> None:
        """Do something over and over, until everybody is told and nothing is left to do."""
        self.go_on(children, lambda: self.is_settled(due), doing, "everybody told")

    def account(self, due: Due) -> Account:
        """What the relay received against what was due."""
        return account(due, self.relay.received())

    def _warm_up(self) -> None:
        """One person's digest, rolled back: what a sweep imports and reads stays in this process.

        Forked children have it then, and need not load it after every kill.
        """
        reverse("registry:home")
        get_template("followup/mail/digest.txt")
        quiet = override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend")
        with quiet, transaction.atomic():
            one = User.objects.order_by("pk").values_list("pk", flat=True)[0]
            User.objects.exclude(pk=one).update(is_active=False)
            tasks.sweep()
            transaction.set_rollback(True)


def _sweep(point: Point | None) -> Callable[[], None]:
    def work() -> None:
        if point is not None:
            point.arm()
        tasks.tick()

    return work
