"""A clock that the harness sets and that all its processes share."""

from __future__ import annotations

import datetime as dt
import mmap
import struct
import time

from django.utils import timezone

_FORM = struct.Struct("ddd")  # time it was set to, monotonic time at which, how fast it goes (0, 1)


class SimulatedClock:
    """Stands still or goes on from the time it was set to; forked processes see the same.

    It is set only while no other process looks at it.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _FORM.size)

    def install(self) -> None:
        """Let Django's clock be this one, in this process and in those forked from it."""
        timezone.now = self.now

    def set(self, at: dt.datetime, *, goes_on: bool) -> None:
        """Set the time; with ``goes_on`` a second takes a second from now on."""
        _FORM.pack_into(self._memory, 0, at.timestamp(), time.monotonic(), float(goes_on))

    def advance(self, by: dt.timedelta) -> None:
        """Set the time that much later."""
        _, _, rate = _FORM.unpack_from(self._memory)
        self.set(self.now() + by, goes_on=bool(rate))

    def now(self) -> dt.datetime:
        """The simulated time, in UTC."""
        since, started, rate = _FORM.unpack_from(self._memory)
        seconds = since + rate * (time.monotonic() - started)
        return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
