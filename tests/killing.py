"""Processes that kill themselves at a step, and several that start at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from django.db import connections


def kill_at(place: Any, attribute: str, before: bool, call: int) -> None:
    """Make this process kill itself at that call of that function."""
    original = getattr(place, attribute)
    calls = 0

    def killed(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if before and calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(place, attribute, killed)


def in_child(work: Callable[[], object]) -> int:
    """Start the work in a forked process; returns its process id."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)


def at_once(work: Callable[[], object], count: int) -> None:
    """Run the work in several processes at the same time and wait for all of them."""
    for child in [in_child(work) for _ in range(count)]:
        _, status = os.waitpid(child, 0)
        assert status == 0, "a process failed"


def killed(work: Callable[[], object], name: str) -> None:
    """Run work that kills itself.

    Raises:
        AssertionError: it was not killed.
    """
    _, status = os.waitpid(in_child(work), 0)
    assert os.WIFSIGNALED(status), f"{name}: the process was not killed"
