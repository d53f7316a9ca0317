"""What each worker is doing at this moment, in memory that it shares with who kills it."""

from __future__ import annotations

import mmap
import os
import struct
import time
from collections.abc import Callable
from typing import Any

from tests.crash import steps

FIRST_PLACE = 2 * steps.ALL.index(steps.CLAIMING) + 1
"""A digest is on its way from here on …"""
LAST_PLACE = 2 * steps.ALL.index(steps.SENDING[-1])
"""… to here."""

_FORM = struct.Struct("qqqdd")  # process, busy with a digest, step, claimed at, seconds of a digest


class Slot:
    """The place of one worker: written by the worker, read by the killer."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _FORM.size)

    @property
    def pid(self) -> int:
        """The process that works, which may be a child of the worker."""
        return self._read()[0]

    @property
    def is_busy(self) -> bool:
        """Whether it has claimed a digest and not marked it yet."""
        return bool(self._read()[1])

    @property
    def place(self) -> int:
        """How far it is: twice the number of the step, and one more when that is finished."""
        return self._read()[2]

    @property
    def step(self) -> str:
        """The last thing that it began or finished."""
        return f"{'after' if self.place % 2 else 'in'} {steps.ALL[self.place // 2].name}"

    @property
    def usual_seconds(self) -> float:
        """How long the last digest took from its claim to its mark; 0 before the first."""
        return self._read()[4]

    def leave(self) -> None:
        """Nobody works here any more; how long a digest takes is kept."""
        _FORM.pack_into(self._memory, 0, 0, 0, 0, 0.0, self.usual_seconds)

    def watch(self) -> None:
        """In the worker: write down each step of its sweeps."""
        for number, step in enumerate(steps.ALL):
            place, attribute = step.place()
            setattr(place, attribute, self._watched(number, getattr(place, attribute)))

    def _watched(self, number: int, original: Callable[..., Any]) -> Callable[..., Any]:
        is_claim = steps.ALL[number] == steps.CLAIMING
        is_end = steps.ALL[number] in steps.ENDS

        def watched(*args: Any, **kwargs: Any) -> Any:
            _, busy, _, since, usual = self._read()
            self._write(busy and not is_claim, 2 * number, since, usual)
            result = original(*args, **kwargs)
            now = time.monotonic()
            if is_claim and result is not None:
                busy, since = 1, now
            elif is_end or is_claim:
                usual = now - since if is_end else usual
                busy = 0
            self._write(busy, 2 * number + 1, since, usual)
            return result

        return watched

    def _read(self) -> tuple[int, int, int, float, float]:
        pid, busy, step, since, usual = _FORM.unpack_from(self._memory)
        return pid, busy, step, since, usual

    def _write(self, busy: int, step: int, since: float, usual: float) -> None:
        _FORM.pack_into(self._memory, 0, os.getpid(), busy, step, since, usual)
