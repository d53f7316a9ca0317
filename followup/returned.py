"""Mails that came back: read from a bounced mail, or found in the relay's log."""

from __future__ import annotations

import datetime as dt
import email
import email.message
import re
from collections.abc import Iterator
from dataclasses import dataclass

from followup.mailbox import DeliveryLog
from followup.models import Digest, Letter, MailState, PostedMail, RefusalSource
from followup.relay_log import CLOCKS_DIFFER, RelayLog
from followup.services.addresses import mark_refused, take_back
from registry.models import User

MOST_BYTES = 1024 * 1024
MOST_RECIPIENTS = 20  # of one bounced mail; ours have one
MOST_PARAMETERS = 20_000  # reading the head of a mail takes the square of them
IDS_AT_ONCE = 500
PERMANENT = re.compile(r"5\.\d{1,3}\.\d{1,3}")


class NotABounce(ValueError):
    """What was read is no bounced mail that can be acted on; the text says why."""


@dataclass(frozen=True)
class Bounce:
    """A report (RFC 3464) that a mail could not be delivered.

    Attributes:
        message_id: of the mail that came back, "" where it is not quoted.
        recipients: original and final ones of the failed delivery.
        code: enhanced status code, 5.x.x.
    """

    message_id: str
    recipients: frozenset[str]
    code: str


def read_bounce(raw: bytes) -> Bounce:
    """The report in a mail.

    Raises:
        NotABounce: too big, no report, or one that names no recipient refused for good.
    """
    if len(raw) > MOST_BYTES:
        raise NotABounce(f"The mail is larger than {MOST_BYTES // 1024} KB.")
    if raw.count(b";") > MOST_PARAMETERS:
        raise NotABounce("The mail has too many parts in its heads.")
    try:
        return _bounce_in(email.message_from_bytes(raw))
    except NotABounce:
        raise
    except (ValueError, LookupError, RecursionError, TypeError, AttributeError) as error:
        raise NotABounce(f"The mail cannot be read ({type(error).__name__}).") from error


def take_bounce(bounce: Bounce, *, now: dt.datetime) -> bool:
    """Mark the address of a returned mail of ours; False when the return was known already.

    A mail is ours by its Message-ID, or by a recipient who is a person here.

    Raises:
        NotABounce: the mail was none of ours.
    """
    source = RefusalSource.BOUNCE
    for mails in (Digest.objects, Letter.objects):
        mail = mails.select_related("user").filter(message_id=bounce.message_id).first()
        if mail is not None:
            return take_back(
                mail, recipients=bounce.recipients, code=bounce.code, source=source, now=now
            )
    for address in sorted(bounce.recipients):
        user = User.objects.filter(email__iexact=address, is_active=True).first()
        if user is not None:
            mark_refused(user, address=user.email, code=bounce.code, source=source, now=now)
            return True
    raise NotABounce("Neither the returned mail nor its recipient is known here.")


def take_back_returned(log: DeliveryLog | None, *, now: dt.datetime) -> None:
    """Take back the mails that were returned according to the relay's log."""
    if not isinstance(log, RelayLog):
        return
    returned = {one.message_id: one for one in log.returned()}
    ids = sorted(returned)
    for start in range(0, len(ids), IDS_AT_ONCE):
        for mail in _gone(ids[start : start + IDS_AT_ONCE]):
            back, at = returned[mail.message_id], mail.handed_over_at
            if at is not None and back.at + CLOCKS_DIFFER >= at:  # else the mail of an earlier try
                take_back(
                    mail,
                    recipients={back.address.lower()},
                    code=back.code,
                    source=RefusalSource.RELAY_LOG,
                    now=now,
                )


def _gone(message_ids: list[str]) -> Iterator[PostedMail]:
    """The mails of these that went out, or may have, with the person."""
    gone = [MailState.SENT, MailState.UNKNOWN]
    for mails in (Digest.objects, Letter.objects):
        yield from mails.filter(message_id__in=message_ids, state__in=gone).select_related("user")


def _bounce_in(mail: email.message.Message) -> Bounce:
    status = next((one for one in mail.walk() if _is(one, "message/delivery-status")), None)
    if status is None or not _is(mail, "multipart/report"):
        raise NotABounce("The mail is no delivery report (multipart/report, RFC 3464).")
    recipients: set[str] = set()
    code = ""
    for block in _blocks(status):
        if _field(block, "Action").lower() != "failed":
            continue
        found = PERMANENT.match(_field(block, "Status"))
        if found is None:
            continue
        code = code or found[0]
        recipients |= set(_addresses(block))
    if not recipients:
        raise NotABounce("The report names no recipient that was refused for good.")
    return Bounce(_returned_id(mail), frozenset(recipients), code)


def _blocks(status: email.message.Message) -> list[email.message.Message]:
    """The blocks of a delivery status; the first speaks of the mail, the others of recipients."""
    payload = status.get_payload()
    blocks = payload if isinstance(payload, list) else []
    return [one for one in blocks if isinstance(one, email.message.Message)][: MOST_RECIPIENTS + 1]


def _addresses(block: email.message.Message) -> Iterator[str]:
    for name in ("Original-Recipient", "Final-Recipient"):
        kind, _, address = _field(block, name).partition(";")
        address = address.strip().strip("<>").lower()
        if kind.strip().lower() == "rfc822" and "@" in address and len(address) <= 254:
            yield address


def _returned_id(report: email.message.Message) -> str:
    """The Message-ID of the mail that the report quotes, whole or its head only."""
    for part in report.walk():
        if _is(part, "message/rfc822"):
            quoted = part.get_payload()
            if isinstance(quoted, list) and quoted:
                return _field(quoted[0], "Message-ID")
        if _is(part, "text/rfc822-headers") or _is(part, "message/rfc822-headers"):
            text = part.get_payload(decode=True)
            if isinstance(text, bytes):
                return _field(email.message_from_bytes(text), "Message-ID")
    return ""


def _is(part: email.message.Message, kind: str) -> bool:
    return part.get_content_type() == kind


def _field(part: object, name: str) -> str:
    value = part.get(name, "") if isinstance(part, email.message.Message) else ""
    return str(value).strip()[:400]
