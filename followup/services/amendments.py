"""Applying an amendment: the new protocol version, and the visits that follow from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from followup.models import Recomputation
from followup.services.visits import Changes, recompute
from registry.models import Enrolment, ProtocolVersion, Study, User
from registry.models.choices import AmendmentReach
from registry.scope import system_scope
from registry.services.amendments import Amendment, amend_schedule

AT_ONCE = 500
"""Patients whose visits are computed while the person waits."""


@dataclass(frozen=True)
class Applied:
    """The version saved. ``changes`` is None where the next sweep computes the visits anew."""

    version: ProtocolVersion
    changes: Changes | None


def apply_amendment(
    amendment: Amendment,
    *,
    study: Study,
    seen_number: int,
    reason: str,
    by: User | None,
    today: dt.date,
) -> Applied:
    """Save the amendment, and bring the visits of the study's patients in line with it.

    The visits of up to :data:`AT_ONCE` patients are computed at once. Those of more are left to the
    next sweep, seconds later: a page does not wait for them.

    Raises:
        PermissionDenied, ProtocolError, Refused, Stale: as
            :func:`registry.services.amendments.amend_schedule`.
    """
    with transaction.atomic():
        version = amend_schedule(
            amendment, study=study, seen_number=seen_number, reason=reason, by=by
        )
        if amendment.applies_to == AmendmentReach.NEW_PATIENTS:
            return Applied(version, Changes())
        with system_scope():
            enrolled = Enrolment.objects.live().filter(study=study)
            patient_ids = list(enrolled.values_list("patient_id", flat=True)[: AT_ONCE + 1])
        if len(patient_ids) <= AT_ONCE:
            return Applied(version, recompute(patient_ids, today=today))
        # Only then: a sweep that runs now either sees the version or is told to run again.
        transaction.on_commit(lambda: _forget(today), robust=True)
        return Applied(version, None)


def _forget(day: dt.date) -> None:
    """The schedules count as not computed yet on that day: the next sweep computes them all."""
    Recomputation.objects.filter(day=day).delete()
