"""Moves reminders and digests from state to state, safely against other sweepers and against kills.

Every step is a conditional UPDATE: of two sweepers one finds a row to change and the other none.
A digest is claimed for the time of a lease before it is sent, so a crash leaves a claim behind
that :func:`settle_stale` takes up when its lease is over. ``now`` is the time of the step itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from followup.mailbox import DeliveryLog
from followup.models import (
    AddressNotice,
    Digest,
    DigestState,
    ExpectedVisit,
    HeldReason,
    Reminder,
    VisitState,
)
from followup.models.reminder import message_id
from followup.needs import Need, needs
from followup.people import People, open_refusals
from followup.services.addresses import ADDRESS_REFUSED

EXCHANGES = 10  # a mail session has fewer exchanges than this, each of which may take EMAIL_TIMEOUT
LEASE_WITHOUT_TIMEOUT = dt.timedelta(minutes=1)
FIRST_RETRY = dt.timedelta(minutes=1)
BATCH = 1000  # rows of one statement
LEASE_OVER = "lease over"
UNSENT = (DigestState.PENDING, DigestState.FAILED)  # surely not sent
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
    day: dt.date


@dataclass(frozen=True)
class Checked:
    """What a digest still has to say, and the people who are away in whose place it is told."""

    reminders: list[Reminder]
    stood_in_for: list[int]


def lease() -> dt.timedelta:
    """Length of a lease: longer than sending one mail can take."""
    if settings.EMAIL_TIMEOUT is None:
        return LEASE_WITHOUT_TIMEOUT
    return dt.timedelta(seconds=EXCHANGES * settings.EMAIL_TIMEOUT)


def enter_needs(people: People, *, now: dt.datetime) -> int:
    """One reminder for every need that has none yet; returns how many are to be told.

    A reminder held back whose need is there again becomes pending once more, and a pending one is
    held back when the person does not want it any more or is away.
    """
    wanted = needs(people)
    changed: dict[str, list[int]] = defaultdict(list)
    rows = (
        Reminder.objects.filter(visit__state=VisitState.OPEN)
        .order_by()
        .values_list("pk", "held", "digest", "visit_id", "target", "kind", "round", "recipient_id")
    )
    for pk, held, digest, *key in rows.iterator(chunk_size=2000):
        reason = wanted.pop(Need(*key), None)
        if reason is not None and reason != held and (held or digest is None):
            changed[reason].append(pk)
    if not wanted and not changed:
        return 0  # the usual case: nothing is locked
    with transaction.atomic():
        for reason, pks in changed.items():
            for start in range(0, len(pks), BATCH):
                batch = Reminder.objects.filter(pk__in=pks[start : start + BATCH])
                batch.exclude(held="", digest__isnull=False).update(held=reason, digest=None)
        # Another sweeper may enter the same needs now: the unique constraint lets one row in.
        Reminder.objects.bulk_create(
            [
                Reminder(**need._asdict(), held=wanted[need], created_at=now)
                for need in sorted(wanted)
            ],
            ignore_conflicts=True,
            batch_size=BATCH,
        )
    return sum(not reason for reason in wanted.values())


def claim(user_id: int, *, day: dt.date, now: dt.datetime) -> Claim | None:
    """Take the right to send a person's digest of a day; None when another has it or had it.

    What is pending for the person goes into the digest, unless the digest may have arrived before:
    then it is sent again as it was, or not at all.
    """
    token = uuid.uuid4().hex
    identifier = message_id(user_id, day)
    with transaction.atomic():
        Digest.objects.bulk_create(
            [Digest(user_id=user_id, day=day, message_id=identifier)], ignore_conflicts=True
        )
        digests = Digest.objects.filter(user_id=user_id, day=day)
        taken = digests.filter(sendable(now)).update(
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
            AddressNotice.objects.filter(recipient_id=user_id, digest__isnull=True).update(
                digest=digest
            )
    return Claim(digest.pk, user_id, token, identifier, day)


def patients_waiting(user_ids: Collection[int]) -> set[int]:
    """Patients that the next digests of these people speak of."""
    unsent = Q(digest__isnull=True) | Q(digest__state__in=UNSENT)
    rows = Reminder.objects.filter(unsent, recipient__in=user_ids, held="").order_by()
    return set(rows.values_list("visit__enrolment__patient_id", flat=True))


def patients_of(claim: Claim) -> set[int]:
    """Patients that the digest speaks of."""
    rows = Reminder.objects.filter(digest=claim.digest_id, held="").order_by()
    return set(rows.values_list("visit__enrolment__patient_id", flat=True))


def check_needs(claim: Claim, people: People) -> Checked:
    """The reminders of the digest that are still needed; the others are held back.

    ``people`` are those of this moment.
    """
    reminders = list(
        Reminder.objects.filter(digest=claim.digest_id, held="")
        .select_related("visit__enrolment__study", "visit__enrolment__patient")
        .order_by("visit__window_end", "visit__enrolment__patient__pseudonym", "pk")
    )
    wanted = needs(people, visit_ids=[reminder.visit_id for reminder in reminders])
    still = []
    for reminder in reminders:
        reason = _why_not(reminder, wanted)
        if not reason:
            still.append(reminder)
        else:
            Reminder.objects.filter(pk=reminder.pk, held="").update(held=reason)
    return Checked(still, people.stood_in_for(claim.user_id))


def hand_over(claim: Claim, *, now: dt.datetime) -> None:
    """Note that the mail goes out now, with a fresh lease.

    Raises:
        ClaimLost: when the claim is not this sweeper's any more.
    """
    _step(claim, handed_over_at=now, lease_until=now + lease())


def mark_sent(claim: Claim, *, now: dt.datetime) -> None:
    """The mail server took the digest. A late answer settles a doubt as well.

    Even that of somebody who has asked for it to be sent again, as long as it was not.
    """
    doubted = Digest.objects.filter(
        pk=claim.digest_id,
        state__in=[DigestState.UNKNOWN, DigestState.FAILED],
        claim=claim.token,
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


def settle_stale(log: DeliveryLog | None, *, now: dt.datetime) -> None:
    """Take up claims whose lease is over: their sweeper was killed, or hangs.

    Not handed over: free again. Handed over: a delivery log decides between sent and free;
    without such a log, or where it does not know, the digest is unknown. What is unknown is asked
    of the log again.
    """
    stale = Q(state=DigestState.SENDING, lease_until__lt=now)
    asked = stale if log is None else stale | Q(state=DigestState.UNKNOWN)
    for digest in Digest.objects.filter(asked):
        left = Claim(digest.pk, digest.user_id, digest.claim, digest.message_id, digest.day)
        try:
            if digest.state == DigestState.UNKNOWN:
                _settle_doubt(digest, log)
            elif digest.handed_over_at is None:
                _step(left, state=DigestState.PENDING)
            else:
                _settle_handed_over(left, digest.handed_over_at, log)
        except ClaimLost:
            continue  # another sweeper, or the late one itself, was faster


def _settle_handed_over(left: Claim, at: dt.datetime, log: DeliveryLog | None) -> None:
    accepted = None if log is None else log.has_accepted(left.message_id, since=at)
    if accepted is None:
        mark_unknown(left, error=LEASE_OVER)
    elif accepted:
        mark_sent(left, now=at)
    else:
        _step(left, state=DigestState.PENDING)


def _settle_doubt(digest: Digest, log: DeliveryLog | None) -> None:
    at = digest.handed_over_at
    accepted = None if log is None or at is None else log.has_accepted(digest.message_id, since=at)
    if accepted is None:
        return
    columns: dict[str, object] = {"state": DigestState.PENDING}
    if accepted:
        columns = {"state": DigestState.SENT, "sent_at": at, "error": ""}
    doubtful = Digest.objects.filter(pk=digest.pk, state=DigestState.UNKNOWN, claim=digest.claim)
    doubtful.update(**columns)


def carry_over(people: People) -> None:
    """Put what earlier days' digests surely did not tell into the next digest of the person."""
    left = Digest.objects.filter(state__in=UNSENT)
    for pk, user_id, day in left.values_list("pk", "user_id", "day"):
        if day >= people.person(user_id).day:
            continue
        with transaction.atomic():
            if left.filter(pk=pk).update(state=DigestState.CARRIED_OVER):
                Reminder.objects.filter(digest=pk, held="").update(digest=None)
                AddressNotice.objects.filter(digest=pk).update(digest=None)


def free_readdressed(*, now: dt.datetime) -> None:
    """Try again at once what failed by an address that is no longer marked, or no longer theirs."""
    failed = Digest.objects.filter(
        state=DigestState.FAILED, error=ADDRESS_REFUSED, retry_at__isnull=True
    ).exclude(user__in=open_refusals().values("user"))
    pks = list(failed.values_list("pk", flat=True))
    if pks:
        failed.filter(pk__in=pks).update(retry_at=now)


def unknown_count() -> int:
    """Digests of which nobody knows whether they arrived."""
    return Digest.objects.filter(state=DigestState.UNKNOWN).count()


def sendable(now: dt.datetime) -> Q:
    """Condition: a digest that nobody has claimed and that may go out at that time."""
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


def _why_not(reminder: Reminder, wanted: dict[Need, str]) -> str:
    """ "" for what is still needed, else the code of the reason why it is not sent."""
    reason = wanted.get(_need(reminder))
    if reason is not None:
        return reason
    visit: ExpectedVisit = reminder.visit
    if visit.state == VisitState.DONE:
        return HeldReason.DONE.value
    if visit.state != VisitState.OPEN:
        return HeldReason.NOT_EXPECTED.value
    if visit.target != reminder.target:
        return HeldReason.MOVED.value
    persons = {need.recipient_id for need in wanted if need.visit_id == visit.pk}
    if reminder.recipient_id in persons:
        return HeldReason.LATER_STAGE.value
    return HeldReason.NOT_RESPONSIBLE.value
