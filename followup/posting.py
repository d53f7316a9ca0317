"""Moves a mail from state to state, safely against other senders and against kills.

Every step is a conditional UPDATE: of two senders one finds a row to change and the other none.
A mail is claimed for the time of a lease before it is sent, so a crash leaves a claim behind
that :func:`settle_stale` takes up when its lease is over. ``now`` is the time of the step itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db.models import F, Q, QuerySet

from followup.mailbox import DeliveryLog
from followup.models import MailState, PostedMail
from followup.people import open_refusals
from followup.services.addresses import ADDRESS_REFUSED

EXCHANGES = 10  # a mail session has fewer exchanges than this, each of which may take EMAIL_TIMEOUT
LEASE_WITHOUT_TIMEOUT = dt.timedelta(minutes=1)
FIRST_RETRY = dt.timedelta(minutes=1)
LONGEST_RETRY = dt.timedelta(hours=6)
LEASE_OVER = "lease over"

Mail = TypeVar("Mail", bound=PostedMail)


class ClaimLost(Exception):
    """The lease was over and somebody else took the mail: this sender must not send it."""


@dataclass(frozen=True)
class Claim:
    """The right to send one mail, a row of ``model``, until the lease is over."""

    model: type[PostedMail]
    pk: int
    user_id: int
    token: str
    message_id: str


def lease() -> dt.timedelta:
    """Length of a lease: longer than sending one mail can take."""
    if settings.EMAIL_TIMEOUT is None:
        return LEASE_WITHOUT_TIMEOUT
    return dt.timedelta(seconds=EXCHANGES * settings.EMAIL_TIMEOUT)


def pause_after(attempts: int) -> dt.timedelta:
    """How long to wait after so many attempts that failed: each time twice as long, to a limit."""
    times: int = 2 ** min(attempts - 1, 20)
    return min(FIRST_RETRY * times, LONGEST_RETRY)


def sendable(now: dt.datetime) -> Q:
    """Condition: a mail that nobody has claimed and that may go out at that time."""
    return Q(state=MailState.PENDING) | Q(state=MailState.FAILED, retry_at__lte=now)


def take(mails: QuerySet[Mail], *, now: dt.datetime) -> Claim | None:
    """Take the right to send the one mail of these; None when another has it or had it."""
    token = uuid.uuid4().hex
    taken = mails.filter(sendable(now)).update(
        state=MailState.SENDING,
        claim=token,
        lease_until=now + lease(),
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    mail = mails.get()
    return Claim(mails.model, mail.pk, mail.user_id, token, mail.message_id)


def hand_over(claim: Claim, *, now: dt.datetime) -> None:
    """Note that the mail goes out now, with a fresh lease.

    Raises:
        ClaimLost: when the claim is not this sender's any more.
    """
    _step(claim, handed_over_at=now, lease_until=now + lease())


def mark_sent(claim: Claim, *, now: dt.datetime) -> None:
    """The mail server took the mail. A late answer settles a doubt as well.

    Even that of somebody who has asked for it to be sent again, as long as it was not.
    """
    doubted = claim.model._base_manager.filter(
        pk=claim.pk,
        state__in=[MailState.UNKNOWN, MailState.FAILED],
        claim=claim.token,
    )
    sent = {"state": MailState.SENT, "sent_at": now, "error": ""}
    if not doubted.update(**sent):
        _step(claim, **sent)


def mark_held(claim: Claim) -> None:
    """Nothing was left to say."""
    _step(claim, state=MailState.HELD)


def mark_unknown(claim: Claim, *, error: str) -> None:
    """The mail may have arrived or not: a person decides."""
    _step(claim, state=MailState.UNKNOWN, error=error)


def mark_failed(claim: Claim, *, now: dt.datetime, error: str, try_again: bool) -> None:
    """The mail surely did not go out: it is tried again after a growing pause.

    Args:
        try_again: False where that is of no use today: tomorrow a digest goes into the next one,
            and a letter is tried once more.
    """
    attempts = claim.model._base_manager.values_list("attempts", flat=True).get(pk=claim.pk)
    _step(
        claim,
        state=MailState.FAILED,
        error=error,
        handed_over_at=None,
        retry_at=now + pause_after(attempts) if try_again else claim.model.next_day_of(now),
    )


def settle_stale(mails: QuerySet[Mail], log: DeliveryLog | None, *, now: dt.datetime) -> None:
    """Take up claims on these mails whose lease is over: their sender was killed, or hangs.

    Not handed over: free again. Handed over: a delivery log decides between sent and free;
    without such a log, or where it does not know, the mail is unknown. What is unknown is asked
    of the log again.
    """
    stale = Q(state=MailState.SENDING, lease_until__lt=now)
    asked = stale if log is None else stale | Q(state=MailState.UNKNOWN)
    for mail in mails.filter(asked):
        left = Claim(mails.model, mail.pk, mail.user_id, mail.claim, mail.message_id)
        try:
            if mail.state == MailState.UNKNOWN:
                _settle_doubt(mail, log)
            elif mail.handed_over_at is None:
                _step(left, state=MailState.PENDING)
            else:
                _settle_handed_over(left, mail.handed_over_at, log)
        except ClaimLost:
            continue  # another sender, or the late one itself, was faster


def free_readdressed(mails: QuerySet[Mail], *, now: dt.datetime) -> None:
    """Try again at once what failed by an address that is no longer marked, or no longer theirs."""
    failed = mails.filter(state=MailState.FAILED, error=ADDRESS_REFUSED).exclude(
        user__in=open_refusals().values("user")
    )
    pks = list(failed.values_list("pk", flat=True))
    if pks:
        failed.filter(pk__in=pks).update(retry_at=now)


def _settle_handed_over(left: Claim, at: dt.datetime, log: DeliveryLog | None) -> None:
    accepted = None if log is None else log.has_accepted(left.message_id, since=at)
    if accepted is None:
        mark_unknown(left, error=LEASE_OVER)
    elif accepted:
        mark_sent(left, now=at)
    else:
        _step(left, state=MailState.PENDING)


def _settle_doubt(mail: PostedMail, log: DeliveryLog | None) -> None:
    at = mail.handed_over_at
    accepted = None if log is None or at is None else log.has_accepted(mail.message_id, since=at)
    if accepted is None:
        return
    columns: dict[str, object] = {"state": MailState.PENDING}
    if accepted:
        columns = {"state": MailState.SENT, "sent_at": at, "error": ""}
    doubtful = type(mail)._base_manager.filter(
        pk=mail.pk, state=MailState.UNKNOWN, claim=mail.claim
    )
    doubtful.update(**columns)


def _step(claim: Claim, **columns: object) -> None:
    """Write to the mail as long as the claim holds."""
    mine = claim.model._base_manager.filter(pk=claim.pk, state=MailState.SENDING, claim=claim.token)
    if not mine.update(**columns):
        raise ClaimLost
