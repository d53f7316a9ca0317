"""The mail relays of the harness, and what they were handed: the mails as a reader finds them.

A relay of a file writes each mail in one write of lines as Postfix has them, and one more that
says who was told of whom. So a kill leaves the whole of a mail behind or nothing of it.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from followup.models import Mail

PSEUDONYM = re.compile(r"\bCRASH-\d{4}\b")
_TOLD = " crash/told: "


@dataclass(frozen=True)
class Told:
    """One mail that somebody received: whom it told of which patients."""

    message_id: str
    to: str
    pseudonyms: tuple[str, ...]


@dataclass(frozen=True)
class Relay:
    """A kind of relay: how the registry reaches it, and whether it can be asked afterwards."""

    name: str
    backend: str
    has_log: bool = False

    @property
    def can_be_asked(self) -> bool:
        """Whether the registry can find out what the relay took."""
        return self.has_log or self.backend == MAILBOX.backend

    def install(self) -> None:
        """Make it the relay of this process and of those forked from it; it is empty."""
        settings.EMAIL_BACKEND = self.backend
        settings.RELAY_LOG = str(_file()) if self.has_log else ""
        _file().unlink(missing_ok=True)
        self.go_on()

    def go_on(self) -> None:
        """Let a line of the relay's own stand in its log, as in any log that goes on."""
        _append([" postfix/anvil[1]: statistics: max cache size 1"])

    def received(self) -> list[Told]:
        """Every mail it took, a mail that it took twice twice."""
        if self.backend == MAILBOX.backend:
            return [
                told(mail.message_id, mail.recipients[0], mail.text) for mail in Mail.objects.all()
            ]
        lines = _file().read_text().splitlines()
        notes = [json.loads(line.split(_TOLD, 1)[1]) for line in lines if _TOLD in line]
        return [Told(note["id"], note["to"], tuple(note["of"])) for note in notes]


MAILBOX = Relay("mailbox", "followup.mailbox.MailboxBackend")
WITHOUT_LOG = Relay("relay without log", "tests.crash.relay.FileRelay")
WITH_LOG = Relay("relay with log", "tests.crash.relay.FileRelay", has_log=True)
SERVER = Relay("SMTP server", "django.core.mail.backends.smtp.EmailBackend")
SERVER_WITH_LOG = Relay(
    "SMTP server with log", "django.core.mail.backends.smtp.EmailBackend", has_log=True
)


class FileRelay(BaseEmailBackend):
    """Takes every mail, also one that it has already."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            message_id = str(message.message()["Message-ID"])
            take(told(message_id, message.to[0], str(message.body)))
        return len(email_messages)


def told(message_id: str, to: str, text: str) -> Told:
    """The mail of that text."""
    return Told(message_id, to, tuple(sorted(set(PSEUDONYM.findall(text)))))


def take(mail: Told) -> None:
    """Keep a mail for good."""
    queue_id = uuid.uuid4().hex[:10].upper()
    note = json.dumps({"id": mail.message_id, "to": mail.to, "of": mail.pseudonyms})
    sent = "relay=127.0.0.1[127.0.0.1]:25, delay=0.1, delays=0/0/0/0.1, dsn=2.0.0, status=sent"
    lines = [
        f" postfix/cleanup[1]: {queue_id}: message-id={mail.message_id}",
        f" postfix/smtp[1]: {queue_id}: to=<{mail.to}>, {sent} (250 2.0.0 OK)",
        _TOLD + note,
    ]
    _append(lines)


def _append(lines: list[str]) -> None:
    stamp = timezone.now().isoformat(timespec="microseconds")
    file = os.open(_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, "".join(f"{stamp} relay{line}\n" for line in lines).encode())
    os.close(file)


def _file() -> Path:
    return Path(os.environ["REGISTRY_DATA_DIR"]) / "relay.log"
