"""Moves reminders and digests from state to state, safely against other sweepers and against kills.

Every step is a conditional UPDATE: of two sweepers one finds a row to change and the other none.
A digest is claimed for the time of a lease before it is sent, so a crash leaves a claim behind
that :func:`settle_stale` takes up when its lease is over. ``now`` is the time of the step itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from followup.mailbox import DeliveryLog
from followup.models import (
    Digest,
    DigestState,
    ExpectedVisit,
    HeldReason,
    Reminder,
    VisitState,
)
from followup.models.reminder import message_id
from followup.needs import Need, needs

EXCHANGES = 10  # a mail session has fewer exchanges than this, each of which may take EMAIL_TIMEOUT
LEASE_WITHOUT_TIMEOUT = dt.timedelta(minutes=1)
FIRST_RETRY = dt.timedelta(minutes=1)
BATCH = 1000  # rows of one statement
LONGEST_RETRY = dt.timedelta(hours=6)


class ClaimLost(Exception):
    """The lease was over and somebody else took the digest: this sweeper must not send it."""


@dataclass(frozen=True)
class Claim:
    """The right to send one digest until the lease is over."""

    digest_id: int
    user_id: int
    token: str
    message_id: str


def lease() -> dt.timedelta:
    """Length of a lease: longer than sending one mail can take."""
    if settings.EMAIL_TIMEOUT is None:
        return LEASE_WITHOUT_TIMEOUT
    return dt.timedelta(seconds=EXCHANGES * settings.EMAIL_TIMEOUT)


def enter_needs(*, today: dt.date, now: dt.datetime) -> int:
    """One reminder for every need that has none yet; returns how many there were.

    A reminder held back whose need is there again becomes pending once more.
    """
    wanted = needs(today=today)
    held_again = []
    rows = (
        Reminder.objects.filter(visit__state=VisitState.OPEN)
        .order_by()
        .values_list("pk", "held", "visit_id", "target", "kind", "round", "recipient_id")
    )
    for pk, held, *key in rows.iterator(chunk_size=2000):
        need = Need(*key)
        if need in wanted:
            wanted.discard(need)
            if held:
                held_again.append(pk)
    if not wanted and not held_again:
        return 0  # the usual case: nothing is locked
    with transaction.atomic():
        for start in range(0, len(held_again), BATCH):
            batch = held_again[start : start + BATCH]
            Reminder.objects.filter(pk__in=batch).exclude(held="").update(held="", digest=None)
        # Another sweeper may enter the same needs now: the unique constraint lets one row in.
        Reminder.objects.bulk_create(
            [Reminder(**need._asdict(), created_at=now) for need in sorted(wanted)],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
    return len(wanted)


def people_to_tell(*, today: dt.date, now: dt.datetime) -> list[int]:
    """Users who have something pending and whose digest of today may still be sent."""
    waiting = Reminder.objects.filter(digest__isnull=True, held="")
    settled = Digest.objects.filter(day=today).exclude(_sendable(now)).values("user_id")
    fresh = waiting.exclude(recipient_id__in=settled).order_by().values_list("recipient_id")
    again = Digest.objects.filter(_sendable(now), day=today).values_list("user_id")
    return sorted({user_id for (user_id,) in [*fresh.distinct(), *again]})


def claim(user_id: int, *, today: dt.date, now: dt.datetime) -> Claim | None:
    """Take the right to send a person's digest of today; None when another has it or had it.

    What is pending for the person goes into the digest, unless the digest may have arrived before:
    then it is sent again as it was, or not at all.
    """
    token = uuid.uuid4().hex
    identifier = message_id(user_id, today)
    with transaction.atomic():
        Digest.objects.bulk_create(
            [Digest(user_id=user_id, day=today, message_id=identifier)], ignore_conflicts=True
        )
        digests = Digest.objects.filter(user_id=user_id, day=today)
        taken = digests.filter(_sendable(now)).update(
            state=DigestState.SENDING,
            claim=token,
            lease_until=now + lease(),
            attempts=F("attempts") + 1,
        )
        if not taken:
            return None
        digest = digests.get()
        if digest.handed_over_at is None:
            Reminder.objects.filter(recipient_id=user_id, digest__isnull=True, held="").update(
                digest=digest
            )
    return Claim(digest.pk, user_id, token, identifier)


def patients_of(claim: Claim) -> set[int]:
    """Patients that the digest speaks of."""
    rows = Reminder.objects.filter(digest=claim.digest_id, held="").order_by()
    return set(rows.values_list("visit__enrolment__patient_id", flat=True))


def check_needs(claim: Claim, *, today: dt.date) -> list[Reminder]:
    """The reminders of the digest that are still needed; the others are held back."""
    reminders = list(
        Reminder.objects.filter(digest=claim.digest_id, held="")
        .select_related("visit__enrolment__study", "visit__enrolment__patient")
        .order_by("visit__window_end", "visit__enrolment__patient__pseudonym", "pk")
    )
    wanted = needs(today=today, visit_ids=[reminder.visit_id for reminder in reminders])
    still = []
    for reminder in reminders:
        if _need(reminder) in wanted:
            still.append(reminder)
        else:
            reason = _why_not(reminder, wanted)
            Reminder.objects.filter(pk=reminder.pk, held="").update(held=reason)
    return still


def hand_over(claim: Claim, *, now: dt.datetime) -> None:
    """Note that the mail goes out now, with a fresh lease.

    Raises:
        ClaimLost: when the claim is not this sweeper's any more.
    """
    _step(claim, handed_over_at=now, lease_until=now + lease())


def mark_sent(claim: Claim, *, now: dt.datetime) -> None:
    """The mail server took the digest. A late answer settles a doubt as well."""
    doubted = Digest.objects.filter(
        pk=claim.digest_id, state=DigestState.UNKNOWN, claim=claim.token
    )
    sent = {"state": DigestState.SENT, "sent_at": now, "error": ""}
    if not doubted.update(**sent):
        _step(claim, **sent)


def mark_held(claim: Claim) -> None:
    """Nothing was left to say."""
    _step(claim, state=DigestState.HELD)


def mark_unknown(claim: Claim, *, error: str) -> None:
    """The mail may have arrived or not: a person decides."""
    _step(claim, state=DigestState.UNKNOWN, error=error)


def mark_failed(claim: Claim, *, now: dt.datetime, error: str, try_again: bool) -> None:
    """The mail surely did not go out: it is tried again after a growing pause, or tomorrow."""
    attempts = Digest.objects.values_list("attempts", flat=True).get(pk=claim.digest_id)
    pause = min(FIRST_RETRY * 2 ** min(attempts - 1, 20), LONGEST_RETRY)
    _step(
        claim,
        state=DigestState.FAILED,
        error=error,
        handed_over_at=None,
        retry_at=now + pause if try_again else None,
    )


def settle_stale(log: object, *, now: dt.datetime) -> None:
    """Take up claims whose lease is over: their sweeper was killed, or hangs.

    Not handed over: free again. Handed over: a delivery log decides between sent and free;
    without such a log it is unknown.
    """
    stale = Digest.objects.filter(state=DigestState.SENDING, lease_until__lt=now)
    for digest in stale:
        left = Claim(digest.pk, digest.user_id, digest.claim, digest.message_id)
        try:
            if digest.handed_over_at is None:
                _step(left, state=DigestState.PENDING)
            elif not isinstance(log, DeliveryLog):
                mark_unknown(left, error="lease over")
            elif log.has_accepted(digest.message_id):
                mark_sent(left, now=digest.handed_over_at)
            else:
                _step(left, state=DigestState.PENDING)
        except ClaimLost:
            continue  # another sweeper, or the late one itself, was faster


def carry_over(*, today: dt.date) -> None:
    """Put the reminders of earlier days' digests that surely were not sent into the next digest."""
    left = Digest.objects.filter(day__lt=today, state__in=[DigestState.PENDING, DigestState.FAILED])
    for digest in left:
        with transaction.atomic():
            taken = left.filter(pk=digest.pk).update(state=DigestState.CARRIED_OVER)
            if taken:
                Reminder.objects.filter(digest=digest, held="").update(digest=None)


def unknown_count() -> int:
    """Digests of which nobody knows whether they arrived."""
    return Digest.objects.filter(state=DigestState.UNKNOWN).count()


def _sendable(now: dt.datetime) -> Q:
    return Q(state=DigestState.PENDING) | Q(state=DigestState.FAILED, retry_at__lte=now)


def _step(claim: Claim, **columns: object) -> None:
    """Write to the digest as long as the claim holds."""
    mine = Digest.objects.filter(pk=claim.digest_id, state=DigestState.SENDING, claim=claim.token)
    if not mine.update(**columns):
        raise ClaimLost


def _need(reminder: Reminder) -> Need:
    return Need(
        reminder.visit_id,
        reminder.target,
        reminder.kind,
        reminder.round,
        reminder.recipient_id,
    )


def _why_not(reminder: Reminder, wanted: set[Need]) -> HeldReason:
    visit: ExpectedVisit = reminder.visit
    if visit.state == VisitState.DONE:
        return HeldReason.DONE
    if visit.state != VisitState.OPEN:
        return HeldReason.NOT_EXPECTED
    if visit.target != reminder.target:
        return HeldReason.MOVED
    persons = {need.recipient_id for need in wanted if need.visit_id == visit.pk}
    if reminder.recipient_id in persons:
        return HeldReason.LATER_STAGE
    return HeldReason.NOT_RESPONSIBLE
