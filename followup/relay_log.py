"""What the log of a local Postfix relay says about our mails: taken, returned, or never seen.

A mail counts as taken when the relay has queued it, not when it has begun to receive it. The log is
read on from where it was left; only lines about our own Message-IDs are remembered.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import BinaryIO, TypeVar

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from followup.mailbox import DeliveryLog
from registry.time_zones import zone

logger = logging.getLogger(__name__)

MOST_MAILS = 50_000
"""Mails that are remembered; the oldest are forgotten first."""

LONGEST_LINE = 65_536  # bytes
CLOCKS_DIFFER = dt.timedelta(seconds=5)

_LINE = re.compile(
    rb"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"
    rb"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) \S+ (?P<program>\S+?)(?:\[\d+\])?: "
)
_AFTER_QUEUEING = frozenset(
    {b"qmgr", b"smtp", b"lmtp", b"local", b"virtual", b"pipe", b"error", b"retry", b"discard"}
)
_ABOUT_A_MAIL = re.compile(rb"(?P<queue>[0-9A-Za-z]{6,20}): (?P<rest>.*)")
_MESSAGE_ID = re.compile(rb"message-id=(<followup-\d{8}-\d+@[^>\s]{1,150}>)")
_RETURNED = re.compile(
    rb"to=<(?P<to>[^>]*)>,.*? dsn=(?P<code>\d\.\d{1,3}\.\d{1,3}), status=(?:bounced|expired)\b"
)


@dataclass(frozen=True)
class Moment:
    """A time in the log: between two instants, which differ when clocks were set back."""

    earliest: dt.datetime
    latest: dt.datetime


@dataclass(frozen=True)
class Returned:
    """A mail that could not be delivered, after the relay had taken it."""

    message_id: str
    address: str
    code: str
    at: dt.datetime


@dataclass
class _Known:
    """What was read so far."""

    inode: int = 0
    offset: int = 0
    first: Moment | None = None
    last: Moment | None = None
    mails: OrderedDict[bytes, str] = field(default_factory=OrderedDict)  # by queue id
    begun: OrderedDict[str, dt.datetime] = field(default_factory=OrderedDict)
    queued: OrderedDict[str, dt.datetime] = field(default_factory=OrderedDict)
    returned: OrderedDict[str, Returned] = field(default_factory=OrderedDict)


class RelayLog:
    """The log at a path, and the rotated one beside it (``path.1``)."""

    lags = True

    def __init__(self, path: str, *, zone_name: str) -> None:
        self._path = Path(path)
        self._zone = zone(zone_name)
        self._known = _Known()
        self._lock = Lock()

    def has_accepted(self, message_id: str, *, since: dt.datetime | None = None) -> bool | None:
        """True when the relay queued such a mail, False when it surely did not.

        None when the log cannot be read, begins after ``since``, ends before it, or shows a mail
        that the relay began to receive.
        """
        if not self.read_on():
            return None
        known = self._known
        if _is_since(known.queued.get(message_id), since):
            return True
        if _is_since(known.begun.get(message_id), since) or since is None:
            return None
        if known.first is None or known.last is None:
            return None
        covers = known.first.latest < since and known.last.earliest + CLOCKS_DIFFER >= since
        return False if covers else None

    def returned(self) -> list[Returned]:
        """Mails that came back, as far as they are remembered."""
        self.read_on()
        return list(self._known.returned.values())

    def read_on(self) -> bool:
        """Read what is new in the log; False when it cannot be read."""
        with self._lock:
            try:
                with self._path.open("rb") as file:
                    self._read_on(file)
            except OSError as error:
                logger.warning("the relay's log cannot be read: %s", type(error).__name__)
                return False
        return True

    def _read_on(self, file: BinaryIO) -> None:
        facts, known = os.fstat(file.fileno()), self._known
        if facts.st_ino == known.inode and facts.st_size >= known.offset:
            file.seek(known.offset)
        else:
            self._read_rotated(known)
            known = self._known
            known.inode, known.offset = facts.st_ino, 0
        self._take_in(file)

    def _read_rotated(self, known: _Known) -> None:
        """Read the end of the log that was rotated away; all anew when it is another one."""
        rotated = self._path.with_name(self._path.name + ".1")
        try:
            with rotated.open("rb") as file:
                facts = os.fstat(file.fileno())
                is_copy = known.inode == self._path.stat().st_ino  # copied, then cut to nothing
                is_next = known.inode == facts.st_ino or (is_copy and known.inode != 0)
                if is_next and facts.st_size >= known.offset:
                    file.seek(known.offset)
                    self._take_in(file)
                    return
                self._known = _Known()
                self._take_in(file)
        except FileNotFoundError:
            self._known = _Known()

    def _take_in(self, file: BinaryIO) -> None:
        while line := file.readline(LONGEST_LINE):
            if not line.endswith(b"\n") and len(line) < LONGEST_LINE:
                break  # still being written
            self._known.offset = file.tell()
            self._take_line(line)

    def _take_line(self, line: bytes) -> None:
        head = _LINE.match(line)
        if head is None:
            return
        known = self._known
        moment = self._moment(head["time"].decode())
        if moment is None:
            return
        known.first, known.last = known.first or moment, moment
        about = _ABOUT_A_MAIL.match(line, head.end())
        if about is None:
            return
        queue, rest = about["queue"], about["rest"]
        program = head["program"].rpartition(b"/")[2]
        if program == b"cleanup" and rest.startswith(b"message-id="):
            known.mails.pop(queue, None)  # that of an earlier mail: numbers are used again
            if found := _MESSAGE_ID.match(rest):
                message_id = found[1].decode("ascii", "replace")
                _remember(known.mails, queue, message_id)
                _remember(known.begun, message_id, moment.latest)
        elif program in _AFTER_QUEUEING and queue in known.mails:
            self._take_step(known.mails[queue], rest, moment)

    def _take_step(self, message_id: str, rest: bytes, moment: Moment) -> None:
        known = self._known
        if message_id not in known.queued or known.queued[message_id] < known.begun[message_id]:
            _remember(known.queued, message_id, moment.latest)
        if found := _RETURNED.match(rest):
            address = found["to"].decode("utf-8", "replace")
            back = Returned(message_id, address, found["code"].decode(), moment.latest)
            _remember(known.returned, message_id, back)

    def _moment(self, text: str) -> Moment | None:
        """A time as rsyslog writes it, or as syslog does: without year, in the relay's zone."""
        try:
            if "T" in text:
                at = dt.datetime.fromisoformat(text)
                return Moment(at, at)
            now = timezone.now().astimezone(self._zone)
            for year in (now.year, now.year - 1):
                read = dt.datetime.strptime(f"{year} {text} +0000", "%Y %b %d %H:%M:%S %z")
                times = [read.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1)]
                both = [time.astimezone(dt.UTC) for time in times]
                if min(both) <= now + dt.timedelta(days=1):
                    return Moment(min(both), max(both))
        except ValueError:  # 29 February of another year, and the like
            pass
        return None


def _is_since(at: dt.datetime | None, since: dt.datetime | None) -> bool:
    return at is not None and (since is None or at + CLOCKS_DIFFER >= since)


K = TypeVar("K")
V = TypeVar("V")


def _remember(known: OrderedDict[K, V], key: K, value: V) -> None:
    known[key] = value
    known.move_to_end(key)
    if len(known) > MOST_MAILS:
        known.popitem(last=False)


@lru_cache(maxsize=4)
def relay_log(path: str, zone_name: str) -> RelayLog:
    """The log of a path, as far as this process has read it."""
    return RelayLog(path, zone_name=zone_name)


def delivery_log(connection: BaseEmailBackend) -> DeliveryLog | None:
    """What can be asked about mails: the backend itself, the relay's log, or nothing."""
    if isinstance(connection, DeliveryLog):
        return connection
    if settings.RELAY_LOG:
        return relay_log(settings.RELAY_LOG, settings.RELAY_LOG_TIME_ZONE)
    return None
