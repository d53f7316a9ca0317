"""Sends one digest: claim, connect, look again whether it is needed, hand over, send, mark."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
from collections.abc import Callable

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from followup import ledger
from followup.mailbox import DeliveryLog
from followup.messages import digest_message
from followup.models import DigestState
from followup.services import recompute
from registry.models import User

Clock = Callable[[], dt.datetime]

logger = logging.getLogger(__name__)


class NoAddress(Exception):
    """The person has no mail address."""


REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
"""The server answered that it does not take the mail: it surely did not go out."""

FINAL_FROM = 500  # SMTP codes from here on are final, RFC 5321 section 4.2.1


def deliver(user_id: int, *, today: dt.date, clock: Clock) -> str:
    """Send a person's digest of today; returns the state it ended in, "" when nothing was done.

    Never raises for a mail that cannot be sent: one bad address does not stop the others.
    """
    connection: BaseEmailBackend = get_connection()
    claim = ledger.claim(user_id, today=today, now=clock())
    if claim is None:
        return ""
    try:
        return _deliver(claim, connection, today, clock)
    except ledger.ClaimLost:
        return ""
    finally:
        _close(connection)


def _deliver(
    claim: ledger.Claim, connection: BaseEmailBackend, today: dt.date, clock: Clock
) -> str:
    try:
        user = User.objects.get(pk=claim.user_id)
        if not user.email:
            raise NoAddress
        connection.open()
        message = _prepared(claim, user, today)
        if message is None:
            ledger.mark_held(claim)
            return DigestState.HELD
        ledger.hand_over(claim, now=clock())
    except ledger.ClaimLost:
        raise
    except Exception as error:
        return _failed(claim, error, clock, is_final=isinstance(error, NoAddress))
    try:
        connection.send_messages([message])
    except REFUSALS as error:
        return _failed(claim, error, clock, is_final=_is_final(error))
    except Exception as error:
        # The connection broke after the mail was on its way: taken or not, who knows.
        return _doubtful(claim, error, connection, clock)
    ledger.mark_sent(claim, now=clock())
    return DigestState.SENT


def _prepared(claim: ledger.Claim, user: User, today: dt.date) -> EmailMessage | None:
    """The mail of what is still needed by the facts of this moment; None when nothing is."""
    recompute(ledger.patients_of(claim), today=today)
    reminders = ledger.check_needs(claim, today=today)
    if not reminders:
        return None
    return digest_message(user, reminders, message_id=claim.message_id, today=today)


def _failed(claim: ledger.Claim, error: Exception, clock: Clock, *, is_final: bool) -> str:
    """Trying a final refusal again today is of no use; tomorrow it is tried anew."""
    name = _name(error)
    ledger.mark_failed(claim, now=clock(), error=name, try_again=not is_final)
    # The texts of mail errors carry addresses; other errors are ours and worth their traceback.
    is_mail = isinstance(error, OSError | smtplib.SMTPException | NoAddress)
    logger.warning("digest %s failed: %s", claim.digest_id, name, exc_info=not is_mail)
    return DigestState.FAILED


def _doubtful(
    claim: ledger.Claim, error: Exception, connection: BaseEmailBackend, clock: Clock
) -> str:
    if not isinstance(connection, DeliveryLog):
        ledger.mark_unknown(claim, error=_name(error))
        logger.warning("digest %s may have arrived: %s", claim.digest_id, _name(error))
        return DigestState.UNKNOWN
    if connection.has_accepted(claim.message_id):
        ledger.mark_sent(claim, now=clock())
        return DigestState.SENT
    return _failed(claim, error, clock, is_final=False)


def _is_final(error: Exception) -> bool:
    """True when the server refuses the mail for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= FINAL_FROM for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= FINAL_FROM


def _name(error: Exception) -> str:
    """Kind and SMTP code of an error, without its text, which may hold an address."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        # The mail is sent or not by now; a farewell that fails changes nothing.
        logger.warning("the mail server did not close the connection in order")
