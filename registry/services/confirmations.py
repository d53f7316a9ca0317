"""Unlikely findings that a person has confirmed: the value is right, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from registry.checks.confirmed import confirmed_value, unconfirmed
from registry.errors import Finding
from registry.models import Confirmation, Patient, User


def open_findings(findings: Iterable[Finding], patient: Patient) -> list[Finding]:
    """The unlikely findings of a patient that nobody has confirmed."""
    given = Confirmation.objects.filter(patient=patient) if patient.pk else []
    return unconfirmed(findings, given)


def confirm(patient: Patient, findings: Iterable[tuple[Finding, str]], *, by: User | None) -> None:
    """Keep the reasons given for unlikely findings; the rows are saved by now."""
    for finding, reason in findings:
        row = finding.row
        assert row is not None, "a finding that asks for a confirmation names its row"
        Confirmation.objects.create(
            patient=patient,
            check_id=finding.check_id,
            entity=finding.model,
            row_id=row.pk,
            field=finding.field,
            value=confirmed_value(row, finding.field),
            reason=reason,
            by=by,
            at=timezone.now(),
        )
