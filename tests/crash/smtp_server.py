"""A mail server on this machine that takes mails for good, or fails as it is told to."""

from __future__ import annotations

import email
import email.policy
import itertools
import mmap
import socket
import socketserver
from enum import IntEnum

from tests.crash.relay import take, told


class Mood(IntEnum):
    """How the server behaves."""

    WELL = 0
    BUSY = 1
    """It answers 451 to every mail: half of them after RCPT, half after the text."""
    UNSTEADY = 2
    """Of fourteen mails it takes ten. Two it keeps, and two it does not, and says so of none of
    them: of each two it breaks off at one and falls silent at the other."""


REFUSED = "refused"
"""A recipient whose address begins so is refused with 550."""


class SmtpServer:
    """Listens on a port of its own; :meth:`serve` is the work of a child, which may be killed."""

    def __init__(self) -> None:
        self._mood = mmap.mmap(-1, 1)
        self._count = mmap.mmap(-1, 8)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]

    def behave(self, mood: Mood) -> None:
        """From the next mail on."""
        self._mood[0] = mood

    @property
    def mood(self) -> Mood:
        """How it behaves now."""
        return Mood(self._mood[0])

    @property
    def met(self) -> int:
        """Sessions that were begun."""
        return int.from_bytes(self._count, "little")

    def has_met(self, count: int) -> bool:
        """Whether so many sessions were begun."""
        return self.met >= count

    def serve(self) -> None:
        """Answer until killed."""
        server = self
        numbers = itertools.count(1)

        class Session(_Session):
            def setup(self) -> None:
                super().setup()
                self.number = next(numbers)
                self.mood = server.mood
                server._count[:] = (server.met + 1).to_bytes(8, "little")

        with _Listener(("127.0.0.1", self.port), Session) as listener:
            listener.serve_forever()

    def answers(self) -> bool:
        """Whether it listens."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class _Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed breaks off; that is what it is for."""


class _Session(socketserver.StreamRequestHandler):
    number: int
    mood: Mood

    def handle(self) -> None:
        self._say("220 crash.invalid ESMTP")
        recipient = ""
        while line := self.rfile.readline(1000):
            verb = line[:4].upper()
            if verb in {b"EHLO", b"HELO"}:
                self._say("250 crash.invalid")
            elif verb == b"RCPT":
                recipient = line.decode().split("<", 1)[1].split(">", 1)[0]
                if recipient.startswith(REFUSED):
                    self._say("550 5.1.1 no such user here")
                elif self.mood is Mood.BUSY and self.number % 2:
                    self._say("451 4.3.2 try again later")
                else:
                    self._say("250 2.1.5 taken")
            elif verb == b"DATA":
                self._say("354 go on")
                if not self._take(recipient):
                    return
            elif verb == b"QUIT":
                self._say("221 2.0.0 farewell")
                return
            else:
                self._say("250 2.0.0 well")

    def _take(self, recipient: str) -> bool:
        """Read the text and do with it what the mood says; False when the session is over."""
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        if line == b"":
            return False  # the client was killed before the end of the text
        if self.mood is Mood.BUSY:
            self._say("451 4.3.0 try again later")
            return True
        place = self.number % 14 if self.mood is Mood.UNSTEADY else 0
        if place not in {3, 6}:
            message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
            text = message.get_body(("plain",))
            assert text is not None
            take(told(str(message["Message-ID"]).strip(), recipient, text.get_content()))
        if place in {5, 6}:
            self.rfile.readline()  # silent until the client has had enough
        if place in {2, 3, 5, 6}:
            return False
        self._say("250 2.0.0 kept")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
