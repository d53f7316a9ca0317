"""Real Celery workers on the broker, and senders of ticks in the place of beat."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from random import Random

from tests.crash.children import PAUSE_SECONDS, Children
from tests.crash.slots import Slot

TICK_SECONDS = 0.25
TICK_EXPIRES = 2  # seconds; so that ticks do not pile up while workers are dead
POOLS = {"sqlite": ("solo", "solo"), "postgresql": ("prefork", "solo")}
"""Pools of the two workers: one works alone as in the embedded default, or has a pool of processes
as in production."""


class Worker:
    """One Celery worker, which can be killed and started again; its slot tells what it does."""

    def __init__(self, children: Children, pool: str, number: int) -> None:
        self.slot = Slot()
        self._children = children
        self._pool = pool
        self._number = number
        self._pid = 0

    def keep_running(self) -> None:
        """Start it when it does not run."""
        if self._children.has_ended(self._pid):
            self.slot.leave()
            self._pid = self._children.start(self._work)

    def kill(self, random: Random) -> None:
        """Kill all of it; of a pool, half of the times, only the process that works."""
        working = self.slot.pid
        if self._pool == "prefork" and self._is_mine(working) and random.random() < 0.5:
            with suppress(ProcessLookupError):
                os.kill(working, signal.SIGKILL)
            _wait_until_gone(working)
        else:
            self.kill_all()

    def kill_all(self) -> None:
        """Kill all of it by SIGKILL, and wait until what worked is gone as well."""
        working = self.slot.pid
        is_mine = self._is_mine(working)
        self._children.kill(self._pid)
        if is_mine:
            _wait_until_gone(working)

    def _is_mine(self, pid: int) -> bool:
        """Whether the process is of this worker's group; process ids are used again."""
        try:
            return bool(pid) and os.getpgid(pid) == self._pid
        except ProcessLookupError:
            return False

    def _work(self) -> None:
        from config.celery import app

        self.slot.watch()
        app.worker_main(
            [
                "worker",
                f"--pool={self._pool}",
                "--concurrency=1",
                "--loglevel=WARNING",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
                f"--hostname=crash{self._number}@localhost",
            ]
        )


class Beat:
    """Sends ticks as beat does, only more often."""

    def __init__(self, children: Children) -> None:
        self._children = children
        self._pid = 0

    def keep_running(self) -> None:
        """Start it when it does not run."""
        if self._children.has_ended(self._pid):
            self._pid = self._children.start(_send_ticks)

    def kill(self) -> None:
        """Kill it by SIGKILL."""
        self._children.kill(self._pid)


def _send_ticks() -> None:
    import config.celery  # noqa: F401 - the broker's address belongs to this application
    from followup.tasks import tick

    while True:
        tick.apply_async(expires=TICK_EXPIRES)
        time.sleep(TICK_SECONDS)


def _wait_until_gone(pid: int) -> None:
    while _runs(pid):
        time.sleep(PAUSE_SECONDS)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
