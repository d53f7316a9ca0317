"""Messages about cases: the threads of a patient, and what waits for the reader."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from registry.models import CaseMessage, Patient, User
from registry.selectors.studies import scope_in_force
from registry.services.messages import FROM_SENDER

ROWS_SHOWN = 50


@dataclass(frozen=True)
class Thread:
    """A first message with its answers, as they were written."""

    first: CaseMessage
    answers: list[CaseMessage]

    @property
    def latest(self) -> CaseMessage:
        """What was written last."""
        return self.answers[-1] if self.answers else self.first

    @property
    def is_settled(self) -> bool:
        """True when nothing of it waits for anybody."""
        return all(one.seen_at is not None for one in (self.first, *self.answers))


@dataclass(frozen=True)
class Waiting:
    """Messages that wait for the reader: the first of ``total``."""

    total: int
    rows: list[CaseMessage]


def threads_of(patient: Patient) -> list[Thread]:
    """All that was written about a patient, the newest thread first; one query."""
    rows = CaseMessage.objects.filter(patient=patient).select_related("by", "patient")
    answers: dict[int, list[CaseMessage]] = defaultdict(list)
    first = []
    for row in rows.order_by("at", "pk"):
        if row.reply_to_id is None:
            first.append(row)
        else:
            answers[row.reply_to_id].append(row)
    return [Thread(row, answers[row.pk]) for row in reversed(first)]


def thread_of(message: CaseMessage) -> Thread:
    """The thread that a message belongs to."""
    first_id = message.reply_to_id or message.pk
    threads = threads_of(message.patient)
    return next(thread for thread in threads if thread.first.pk == first_id)


def waits_for(user: User, thread: Thread) -> bool:
    """True when the other side wrote something in the thread that is not settled."""
    is_sender = thread.first.by_id == user.pk
    return any(
        one.seen_at is None and (one.by_id == thread.first.by_id) is not is_sender
        for one in (thread.first, *thread.answers)
    )


def waiting_messages(user: User, *, limit: int = ROWS_SHOWN) -> Waiting:
    """What waits for the reader's own centres, and answers to the reader; the oldest first."""
    for_centre = FROM_SENDER & Q(patient__centre__in=scope_in_force().centre_ids) & ~Q(by=user)
    for_sender = Q(reply_to__by=user) & ~Q(by=user)
    rows: QuerySet[CaseMessage] = CaseMessage.objects.filter(
        for_centre | for_sender, seen_at__isnull=True, patient__voided_at__isnull=True
    )
    shown = rows.select_related("patient__centre", "by").order_by("at", "pk")[:limit]
    return Waiting(rows.count(), list(shown))
