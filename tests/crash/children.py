"""Child processes: forked from this one, which has everything loaded, and gone with it."""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from django.db import connections

from config.processes import die_with_parent

PAUSE_SECONDS = 0.001


class Stuck(Exception):
    """Something did not come to its end in time; the message says what."""


class ChildFailed(Exception):
    """A child ended by an error of its own; the message shows what it wrote last."""


class Children:
    """Starts children, each the leader of a process group, and kills what is left at the end."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._running: set[int] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill_all()

    def start(self, work: Callable[[], object]) -> int:
        """Run the work in a child; returns its process id, which is that of its group as well."""
        connections.close_all()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._running.add(pid)
            return pid
        status = 1
        try:
            os.setsid()
            log = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.dup2(log, 1)
            os.dup2(log, 2)
            die_with_parent(parent)
            work()
            status = 0
        except SystemExit as end:
            status = int(end.code or 0) if isinstance(end.code, int | None) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def has_ended(self, pid: int) -> bool:
        """Whether a child has ended.

        Raises:
            ChildFailed: it ended by an error of its own.
        """
        if pid not in self._running:
            return True
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            return False
        self._running.discard(pid)
        if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
            raise ChildFailed(f"a child ended with code {os.WEXITSTATUS(status)}\n{self.tail()}")
        return True

    def wait(self, pids: Iterable[int], *, seconds: float) -> int:
        """Wait until they have ended; returns how many were killed.

        Raises:
            Stuck: they do not end in time.
            ChildFailed: one ended by an error of its own.
        """
        killed = 0
        deadline = time.monotonic() + seconds
        for pid in pids:
            while True:
                ended, status = os.waitpid(pid, os.WNOHANG)
                if ended:
                    break
                if time.monotonic() > deadline:
                    raise Stuck(f"a sweep did not end in {seconds:.0f} s\n{self.tail()}")
                time.sleep(PAUSE_SECONDS)
            self._running.discard(pid)
            killed += os.WIFSIGNALED(status)
            if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status):
                raise ChildFailed(f"a sweep failed\n{self.tail()}")
        return killed

    def kill(self, pid: int) -> bool:
        """Kill a child and its group by SIGKILL, and wait until it is gone; True when it ran."""
        if self.has_ended(pid):
            return False
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # it may not have its own group yet
        _, status = os.waitpid(pid, 0)
        self._running.discard(pid)
        return os.WIFSIGNALED(status)

    def kill_all(self) -> None:
        """Kill whatever still runs."""
        for pid in list(self._running):
            self.kill(pid)

    def tail(self) -> str:
        """The end of what the children wrote."""
        text = self._log.read_text(errors="replace") if self._log.exists() else ""
        return "\n".join(text.splitlines()[-30:])
