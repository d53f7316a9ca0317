"""One HTTP request to an address that was checked, and to nothing else, within a fixed time.

The connection goes to the very address that passed the check, so that a name that leads elsewhere
a moment later changes nothing. No redirect is followed, and no proxy of the environment is used.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from django.conf import settings

from followup.models import CallError
from followup.webhooks.addresses import (
    BadAddress,
    Destination,
    UnknownHost,
    addresses_of,
    destination,
)

MOST_ADDRESSES = 3
"""Addresses of one name that are tried, each for WEBHOOK_CONNECT_SECONDS."""

LONGEST_ANSWER = 4096
"""Bytes of an answer's body that are read, so that a short one ends in order."""


class NotAnswered(Exception):
    """No HTTP answer came; ``error`` says why."""

    def __init__(self, error: CallError) -> None:
        super().__init__(error.value)
        self.error = error


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> int:
    """Send the body; the status of the answer, whatever it is.

    Raises:
        NotAnswered: the address may not be called, or nobody answered there in time.
    """
    try:
        where = destination(url)
        reached = _connect(where, addresses_of(where))
    except BadAddress:
        raise NotAnswered(CallError.ADDRESS) from None
    except UnknownHost:
        raise NotAnswered(CallError.NO_HOST) from None
    with reached, _cut_after(reached, settings.WEBHOOK_TOTAL_SECONDS) as is_late:
        try:
            return _exchange(where, reached, body, headers, is_late)
        except ssl.SSLCertVerificationError:
            raise NotAnswered(CallError.NOT_TRUSTED) from None
        except (OSError, http.client.HTTPException) as error:
            too_slow = is_late.is_set() or isinstance(error, TimeoutError)
            raise NotAnswered(CallError.TOO_SLOW if too_slow else CallError.BROKEN) from None


def _connect(where: Destination, addresses: list[str]) -> socket.socket:
    """A connection to the first of the addresses that takes one."""
    error = CallError.NOT_REACHED
    for address in addresses[:MOST_ADDRESSES]:
        try:
            return socket.create_connection(
                (address, where.port), timeout=settings.WEBHOOK_CONNECT_SECONDS
            )
        except TimeoutError:
            error = CallError.TOO_SLOW
        except OSError:
            error = CallError.NOT_REACHED
    raise NotAnswered(error)


def _exchange(
    where: Destination,
    reached: socket.socket,
    body: bytes,
    headers: Mapping[str, str],
    is_late: threading.Event,
) -> int:
    reached.settimeout(settings.WEBHOOK_TOTAL_SECONDS)
    if where.scheme == "https":
        # Of the system's authorities, among which a hospital has its own.
        reached = ssl.create_default_context().wrap_socket(reached, server_hostname=where.host)
    with reached:
        connection = http.client.HTTPConnection(where.host, where.port)
        connection.sock = reached
        connection.request(
            "POST",
            where.path,
            body=body,
            headers={"Host": where.host_header, "Accept-Encoding": "identity", **headers},
        )
        with connection.getresponse() as answer:
            if is_late.is_set():
                raise TimeoutError  # headers that were cut look like headers that have ended
            with suppress(OSError, http.client.HTTPException):
                answer.read(LONGEST_ANSWER)
            return answer.status


@contextmanager
def _cut_after(reached: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Break the connection when the time is over, however slowly the other side goes on.

    Timeouts of sockets start anew with every byte.
    """
    is_late = threading.Event()
    second_hold = reached.dup()  # TLS takes the socket itself over

    def cut() -> None:
        is_late.set()
        with suppress(OSError):
            second_hold.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_late
    finally:
        timer.cancel()
        second_hold.close()
