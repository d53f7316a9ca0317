"""What the next digest of each person tells: reminders entered, put into a digest, held back.

How a digest goes out stands in :mod:`followup.posting`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from followup import posting
from followup.models import (
    AddressNotice,
    Digest,
    ExpectedVisit,
    HeldReason,
    MailState,
    Reminder,
    VisitState,
)
from followup.models.reminder import message_id
from followup.needs import Need, needs
from followup.people import People
from followup.posting import Claim

BATCH = 1000  # rows of one statement
UNSENT = (MailState.PENDING, MailState.FAILED)  # surely not sent


@dataclass(frozen=True)
class Checked:
    """What a digest still has to say, and the people who are away in whose place it is told."""

    reminders: list[Reminder]
    stood_in_for: list[int]


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
    identifier = message_id(user_id, day)
    with transaction.atomic():
        Digest.objects.bulk_create(
            [Digest(user_id=user_id, day=day, message_id=identifier)], ignore_conflicts=True
        )
        taken = posting.take(Digest.objects.filter(user_id=user_id, day=day), now=now)
        if taken is None:
            return None
        # As long as nothing was handed over, nobody can have read it.
        digest = Digest.objects.filter(pk=taken.pk, handed_over_at__isnull=True).first()
        if digest is not None:
            Reminder.objects.filter(recipient_id=user_id, digest__isnull=True, held="").update(
                digest=digest
            )
            AddressNotice.objects.filter(recipient_id=user_id, digest__isnull=True).update(
                digest=digest
            )
    return taken


def patients_waiting(user_ids: Collection[int]) -> set[int]:
    """Patients that the next digests of these people speak of."""
    unsent = Q(digest__isnull=True) | Q(digest__state__in=UNSENT)
    rows = Reminder.objects.filter(unsent, recipient__in=user_ids, held="").order_by()
    return set(rows.values_list("visit__enrolment__patient_id", flat=True))


def patients_of(claim: Claim) -> set[int]:
    """Patients that the digest speaks of."""
    rows = Reminder.objects.filter(digest=claim.pk, held="").order_by()
    return set(rows.values_list("visit__enrolment__patient_id", flat=True))


def check_needs(claim: Claim, people: People) -> Checked:
    """The reminders of the digest that are still needed; the others are held back.

    ``people`` are those of this moment.
    """
    reminders = list(
        Reminder.objects.filter(digest=claim.pk, held="")
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


def carry_over(people: People) -> None:
    """Put what earlier days' digests surely did not tell into the next digest of the person."""
    left = Digest.objects.filter(state__in=UNSENT)
    for pk, user_id, day in left.values_list("pk", "user_id", "day"):
        if day >= people.person(user_id).day:
            continue
        with transaction.atomic():
            if left.filter(pk=pk).update(state=MailState.CARRIED_OVER):
                Reminder.objects.filter(digest=pk, held="").update(digest=None)
                AddressNotice.objects.filter(digest=pk).update(digest=None)


def unknown_count() -> int:
    """Digests of which nobody knows whether they arrived."""
    return Digest.objects.filter(state=MailState.UNKNOWN).count()


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
