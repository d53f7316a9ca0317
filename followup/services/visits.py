"""Writes what is expected of each patient."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from followup.basis import read_bases
from followup.columns import Columns
from followup.models import ExpectedVisit, Recomputation
from followup.plan import Plan
from followup.schedules.targets import forget_targets
from registry.models import Enrolment, Patient, ProtocolVersion
from registry.scope import system_scope
from registry.services.bulk_insert import insert_values
from registry.services.bulk_update import update_values

BATCH = 2000  # patients
"""A transaction takes about a second. Many in one, since their visits lie all over the indexes by
date: pages of these are written once for a batch."""

_WRITTEN = (*Columns._fields, "revision", "changed_at")
"""What a recomputation decides, and what tells calendars that the visit has changed."""


@dataclass(frozen=True)
class Changes:
    """How many expected visits a recomputation wrote."""

    created: int = 0
    updated: int = 0

    def __add__(self, other: Changes) -> Changes:
        return Changes(self.created + other.created, self.updated + other.updated)


def recompute(patient_ids: Iterable[int], *, today: dt.date) -> Changes:
    """Store what is expected of these patients, from their facts as they stand.

    Visits that are done do not move. A second call without a change of facts writes nothing.
    A fixed number of queries for every batch of patients; each batch is one transaction.
    """
    changes = Changes()
    for batch in _batches(sorted(set(patient_ids))):
        with system_scope(), transaction.atomic():
            # The lock keeps an older reading of facts and protocols from being stored over a newer
            # one; on SQLite the transaction itself is exclusive.
            patients = Patient.objects.live().filter(pk__in=batch).order_by("pk")
            locked = patients.select_for_update(no_key=True).values_list("pk", flat=True)
            changes += _store([basis.plan(today) for basis in read_bases(list(locked))])
    return changes


def recompute_all(*, today: dt.date) -> Changes:
    """Recompute every patient, and note that it was done on this day.

    Not where a protocol was amended meanwhile: the next sweep computes all of them again.
    """
    newest = _newest_version()
    with system_scope():
        patient_ids = list(
            Enrolment.objects.live().order_by().values_list("patient_id", flat=True).distinct()
        )
    with _no_search_for_cycles():
        changes = recompute(patient_ids, today=today)
    forget_targets()
    done, _created = Recomputation.objects.get_or_create(day=today)
    if _newest_version() != newest:
        done.delete()
    return changes


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Python's cyclic garbage collector is off meanwhile; memory is still freed by counting.

    Every some thousand new tuples it would look through all that is alive, which took a third of
    the time. A batch leaves next to no cycles behind.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _newest_version() -> int:
    """Key of the protocol version that was saved last; 0 without any."""
    last = ProtocolVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


def _batches(patient_ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(patient_ids), BATCH):
        yield patient_ids[start : start + BATCH]


def _store(plans: list[Plan]) -> Changes:
    now = timezone.now()
    created = [
        (plan.enrolment.pk, key, *columns, 0, now)
        for plan in plans
        for key, columns in plan.added.items()
    ]
    changed = [
        (*visit.columns, visit.revision, now, visit.pk) for plan in plans for visit in plan.changed
    ]
    insert_values(ExpectedVisit, ("enrolment", "key", *_WRITTEN), created)
    update_values(ExpectedVisit, _WRITTEN, changed)
    return Changes(len(created), len(changed))
