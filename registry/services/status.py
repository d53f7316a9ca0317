"""Writes how complete the cases are: one row per patient, rewritten with each write of the case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.utils import timezone

from registry.case import Case, load_cases
from registry.case_forms import FormKey
from registry.checks import check_case
from registry.checks.confirmed import unconfirmed
from registry.completeness import form_states, protocols_of
from registry.errors import Finding
from registry.models import CaseStatus, Confirmation, FormMark, Patient
from registry.models.choices import MarkKind
from registry.models.status import FORMS
from registry.scope import system_scope

_COLUMNS = (*FORMS, "incomplete_count", "unconfirmed_count")
_PATIENTS_AT_ONCE = 200

Checked = tuple[Case, Sequence[Finding]]
"""A saved case with what the checks say of it, required items of its protocols included."""


def refresh(checked: Iterable[Checked]) -> None:
    """Write the status of these cases, whose rows are saved: three queries for all of them.

    Confirmations of unlikely findings are read anew. A patient that was taken back has no status.
    Call it in the scope of the system.
    """
    cases = list(checked)
    void = [case.patient.pk for case, _ in cases if case.patient.is_void]
    if void:
        CaseStatus.objects.filter(patient__in=void).delete()
        cases = [(case, findings) for case, findings in cases if not case.patient.is_void]
    given: dict[int, list[Confirmation]] = defaultdict(list)
    for confirmation in Confirmation.objects.filter(
        patient__in=[case.patient.pk for case, _ in cases]
    ):
        given[confirmation.patient_id].append(confirmation)
    locked = _locked_forms([case.patient.pk for case, _ in cases])
    CaseStatus._base_manager.bulk_create(
        [
            status_of(case, findings, given[case.patient.pk], locked[case.patient.pk])
            for case, findings in cases
        ],
        update_conflicts=True,
        unique_fields=["patient"],
        update_fields=_COLUMNS,
        batch_size=500,
    )


def status_of(
    case: Case,
    findings: Sequence[Finding],
    confirmations: Iterable[Confirmation],
    locked: Collection[FormKey] = (),
) -> CaseStatus:
    """The status of a case, not saved."""
    incomplete = [finding for finding in findings if finding.severity == "incomplete"]
    unlikely = unconfirmed(findings, confirmations)
    return CaseStatus(
        patient=case.patient,
        # An item that several protocols require is missing once.
        incomplete_count=len({(id(one.row), one.field) for one in incomplete}),
        unconfirmed_count=len(unlikely),
        **form_states(case, [*incomplete, *unlikely], locked),
    )


def _locked_forms(patient_ids: Sequence[int]) -> dict[int, set[FormKey]]:
    """The locked forms of each of these patients."""
    locked: dict[int, set[FormKey]] = defaultdict(set)
    locks = FormMark.objects.filter(patient__in=patient_ids, kind=MarkKind.LOCKED, ended_at=None)
    for patient_id, *form in locks.values_list("patient_id", "entity", "row_id"):
        locked[patient_id].add(FormKey(*form))
    return locked


def check(case: Case) -> Checked:
    """A case with its findings of today, under the protocols of its studies."""
    return case, check_case(case, today=timezone.localdate(), protocols=protocols_of(case))


def refresh_patient(patient: Patient) -> None:
    """Write the status of one patient from what is stored."""
    with system_scope():
        refresh(check(case) for case in load_cases([patient]))


def refresh_all() -> int:
    """Write the status of every patient that was not taken back; says how many there are.

    For registries whose cases were written before statuses were kept, and after a change of the
    checks.
    """
    done = 0
    with system_scope():
        keys = list(Patient.objects.live().order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), _PATIENTS_AT_ONCE):
            some = keys[start : start + _PATIENTS_AT_ONCE]
            refresh(check(case) for case in load_cases(Patient.objects.filter(pk__in=some)))
            done += len(some)
    return done
