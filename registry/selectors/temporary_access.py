"""Who reads a case by temporary access, and which cases a person reads by it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from registry.models import Patient, TemporaryAccess
from registry.selectors.own_centre import is_own_centre
from registry.selectors.studies import scope_in_force


def accesses_of(patient: Patient) -> QuerySet[TemporaryAccess]:
    """All that was ever given to the patient's case, the latest first."""
    rows = TemporaryAccess.objects.filter(patient=patient)
    return rows.select_related("user", "given_by", "ended_by")


def guest_access(patient: Patient) -> TemporaryAccess | None:
    """The access by which alone the reader reads this case; None for others."""
    scope = scope_in_force()
    if patient.pk not in scope.patient_ids or is_own_centre(patient):
        return None
    return cases_read_as_guest().filter(patient=patient).first()


def cases_read_as_guest() -> QuerySet[TemporaryAccess]:
    """The reader's accesses of this moment, the first to end at the top."""
    rows = TemporaryAccess.objects.filter(
        user=scope_in_force().user_id,
        ended_at__isnull=True,
        ends_at__gt=timezone.now(),
        patient__voided_at__isnull=True,
    )
    return rows.select_related("patient", "given_by").order_by("ends_at", "pk")
