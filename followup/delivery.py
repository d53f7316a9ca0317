"""Sends one claimed mail: connect, look again whether it is needed, hand over, send, mark."""

from __future__ import annotations

import logging
import re
import smtplib
from collections.abc import Callable

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from followup import posting
from followup.days import Clock
from followup.mailbox import DeliveryLog
from followup.models import MailState, RefusalSource
from followup.people import open_refusals
from followup.posting import Claim
from followup.relay_log import delivery_log
from followup.services.addresses import ADDRESS_REFUSED, mark_refused
from registry.models import User

logger = logging.getLogger(__name__)


class NoAddress(Exception):
    """The person has no mail address."""


class AddressRefused(Exception):
    """The person's address is marked as refusing mail."""


REFUSALS = (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)
"""The server answered that it does not take the mail: it surely did not go out."""

NOT_TRIED = (NoAddress, AddressRefused)

FINAL_FROM = 500  # SMTP codes from here on are final, RFC 5321 section 4.2.1

_ENHANCED_CODE = re.compile(rb"\b5\.(\d{1,3})\.\d{1,3}\b")
_OF_AN_ADDRESS = {b"0", b"1", b"2"}  # subjects of RFC 3463: undefined, address, mailbox
_OF_THE_ADDRESS = {550, 551, 553}  # SMTP codes that speak of the mailbox where no subject is given


def deliver(
    claim: Claim, prepare: Callable[[User], EmailMessage | None], *, clock: Clock
) -> MailState | None:
    """Send a claimed mail; returns the state it ended in, None when the claim was lost.

    Never raises for a mail that cannot be sent: one bad address does not stop the others.

    Args:
        prepare: makes the mail for its reader by what holds at this moment, under the claim's
            Message-ID; None when nothing is left to say.
    """
    connection: BaseEmailBackend = get_connection()
    try:
        return _deliver(claim, connection, prepare, clock)
    except posting.ClaimLost:
        return None
    finally:
        _close(connection)


def _deliver(
    claim: Claim,
    connection: BaseEmailBackend,
    prepare: Callable[[User], EmailMessage | None],
    clock: Clock,
) -> MailState:
    try:
        user = User.objects.get(pk=claim.user_id)
        if not user.email:
            raise NoAddress
        if open_refusals().filter(user=user).exists():
            raise AddressRefused
        connection.open()
        message = prepare(user)
        if message is None:
            posting.mark_held(claim)
            return MailState.HELD
        handed_over_at = clock()
        posting.hand_over(claim, now=handed_over_at)
    except posting.ClaimLost:
        raise
    except Exception as error:
        return _failed(claim, error, clock, is_final=isinstance(error, NOT_TRIED))
    try:
        connection.send_messages([message])
    except REFUSALS as error:
        return _refused(claim, user, error, clock)
    except Exception as error:
        # The connection broke after the mail was on its way: taken or not, who knows.
        log = delivery_log(connection)
        if log is not None and log.has_accepted(claim.message_id, since=handed_over_at):
            posting.mark_sent(claim, now=clock())
            return MailState.SENT
        return _doubtful(claim, error, log, clock)
    posting.mark_sent(claim, now=clock())
    return MailState.SENT


def _refused(claim: Claim, user: User, error: smtplib.SMTPException, clock: Clock) -> MailState:
    """The server does not take the mail; if it does not take the address, that is marked."""
    code = _code_of_address(error)
    if code is None:
        return _failed(claim, error, clock, is_final=_is_final(error))
    with transaction.atomic():
        mark_refused(user, address=user.email, code=code, source=RefusalSource.SERVER, now=clock())
        return _failed(claim, error, clock, is_final=True, name=ADDRESS_REFUSED)


def _failed(
    claim: Claim, error: Exception, clock: Clock, *, is_final: bool, name: str = ""
) -> MailState:
    """Trying a final refusal again today is of no use; tomorrow it is tried anew."""
    if isinstance(error, AddressRefused):
        name = ADDRESS_REFUSED
    posting.mark_failed(claim, now=clock(), error=name or _name(error), try_again=not is_final)
    # The texts of mail errors carry addresses; other errors are ours and worth their traceback.
    is_mail = isinstance(error, OSError | smtplib.SMTPException | NoAddress | AddressRefused)
    logger.warning("%s %s failed: %s", _kind(claim), claim.pk, _name(error), exc_info=not is_mail)
    return MailState.FAILED


def _doubtful(claim: Claim, error: Exception, log: DeliveryLog | None, clock: Clock) -> MailState:
    """A mail that may have been taken; a log that lags is asked again when the lease is over."""
    if log is None:
        posting.mark_unknown(claim, error=_name(error))
        logger.warning("%s %s may have arrived: %s", _kind(claim), claim.pk, _name(error))
        return MailState.UNKNOWN
    if log.lags:
        logger.warning("%s %s waits for the relay's log: %s", _kind(claim), claim.pk, _name(error))
        return MailState.SENDING
    return _failed(claim, error, clock, is_final=False)


def _code_of_address(error: smtplib.SMTPException) -> str | None:
    """The enhanced code of a final refusal of the recipient, "" without one; None for others.

    A refusal for reasons of policy or of the server itself says nothing about the address.
    """
    if not isinstance(error, smtplib.SMTPRecipientsRefused) or len(error.recipients) != 1:
        return None
    ((code, text),) = error.recipients.values()
    if code < FINAL_FROM:
        return None
    found = _ENHANCED_CODE.search(text)
    if found is None:
        return "" if code in _OF_THE_ADDRESS else None
    return found[0].decode() if found[1] in _OF_AN_ADDRESS else None


def _is_final(error: Exception) -> bool:
    """True when the server refuses the mail for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= FINAL_FROM for code, _ in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= FINAL_FROM


def _kind(claim: Claim) -> str:
    """What the log calls the mail."""
    return claim.model._meta.model_name or ""


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
