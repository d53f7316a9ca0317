"""Mail backend of the embedded default: keeps every mail in the database for the mailbox page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from followup.models import Mail


@runtime_checkable
class DeliveryLog(Protocol):
    """Knows which mails a mail server took.

    Attributes:
        lags: a mail that it does not know yet may still turn up in it.
    """

    lags: bool

    def has_accepted(self, message_id: str, *, since: dt.datetime | None = None) -> bool | None:
        """True when a mail of that Message-ID was accepted, since a moment; None: it cannot say."""


class MailboxBackend(BaseEmailBackend):
    """Accepts a mail by storing it; its Message-ID decides whether it was accepted before."""

    lags = False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the mails, all or none; returns how many were accepted, now or before."""
        with transaction.atomic():
            for message in email_messages:
                self._accept(message)
        return len(email_messages)

    def has_accepted(self, message_id: str, *, since: dt.datetime | None = None) -> bool:
        """True when a mail of that Message-ID is in the mailbox, whenever it came."""
        return Mail.objects.filter(message_id=message_id).exists()

    def _accept(self, message: EmailMessage) -> None:
        Mail.objects.get_or_create(
            message_id=message.message()["Message-ID"],
            defaults={
                "sender": message.from_email,
                "recipients": list(message.recipients()),
                "subject": str(message.subject),
                "text": str(message.body),
                "html": _html(message),
            },
        )


def _html(message: EmailMessage) -> str:
    if isinstance(message, EmailMultiAlternatives):
        for content, mimetype, *_ in message.alternatives:
            if mimetype == "text/html":
                return str(content)
    return ""
