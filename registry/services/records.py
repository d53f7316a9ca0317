"""Create, change and void single rows: the steps that every write of a fact goes through.

access → checks over the whole case → write, recorded with person and reason → announcement
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.announce import announce
from registry.audit import recorded
from registry.case import Case, load_case
from registry.checks import check_case, impossible
from registry.errors import Finding, Refused, Stale
from registry.models import ClinicalRow, Identity, Patient, Screening, User
from registry.permissions import require_case_entry
from registry.scope import system_scope

R = TypeVar("R", bound=ClinicalRow)


def create(model: type[R], *, by: User | None, reason: str = "", **values: Any) -> R:
    """Write a new row.

    Raises:
        PermissionDenied: the person does not enter cases at the patient's centre.
        Refused: a check or the database refuses the values; nothing is written.
    """
    row = model(**values)
    _write(row, by=by, reason=reason, is_new=True)
    return row


def change(row: R, *, by: User | None, reason: str, version: int, **values: Any) -> R:
    """Change fields of a saved row; nothing is written when every value is the same.

    Args:
        version: the version that the person saw when they began to edit.

    Raises:
        Refused: no reason is given, or a check or the database refuses the values.
        Stale: the row was changed meanwhile.
        PermissionDenied: the person does not enter cases at the patient's centre.
    """
    if not reason.strip():
        raise Refused([_row_finding(row, "reason", _("say why the saved value is changed"))])
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        setattr(row, name, field.to_python(value))
    if all(getattr(row, name) == old for name, old in before.items()):
        return row
    row.version = version
    _write(row, by=by, reason=reason, is_new=False)
    return row


def void(row: R, *, by: User | None, reason: str, version: int) -> R:
    """Take a row back: it stays in the database and in the history, and counts no more.

    Raises:
        Refused, Stale, PermissionDenied: as for :func:`change`.
    """
    return change(
        row, by=by, reason=reason, version=version, voided_at=timezone.now(), void_reason=reason
    )


def patient_of(row: ClinicalRow) -> Patient | None:
    """The patient that a row belongs to; None for a screening without one."""
    if isinstance(row, Patient):
        return row
    current: Any = row
    for name in row.patient_path.split("__"):
        current = getattr(current, name)
    return current if isinstance(current, Patient) else None


def _write(row: ClinicalRow, *, by: User | None, reason: str, is_new: bool) -> None:
    with system_scope(), recorded(by=by, reason=reason):
        patient = patient_of(row)
        centre_id = row.centre_id if isinstance(row, Screening | Patient) else _centre(patient)
        require_case_entry(by, centre_id)
        _clean(row)
        _check(row, patient)
        try:
            _save(row, is_new=is_new)
        except IntegrityError as error:
            text = str(error).splitlines()[0]
            raise Refused([_row_finding(row, "", text, check_id="database")]) from error
        if patient is not None:
            announce([patient.pk])


def _centre(patient: Patient | None) -> int:
    if patient is None:
        raise Refused([Finding("needed", "impossible", _("is needed"), "patient")])
    return patient.centre_id


def _clean(row: ClinicalRow) -> None:
    """Types, lengths and code lists, field by field."""
    try:
        row.clean_fields(exclude=["patient"] if row.pk is None else None)
    except ValidationError as error:
        raise Refused(
            [
                _row_finding(row, field, " ".join(messages), check_id="field")
                for field, messages in error.message_dict.items()
            ]
        ) from None


def _check(row: ClinicalRow, patient: Patient | None) -> None:
    if patient is None or isinstance(row, Identity | Screening):
        return
    case = load_case(patient) if patient.pk else Case(patient)
    if row is not patient:
        case.add(row)
    found = impossible(check_case(case, today=timezone.localdate()))
    if found:
        raise Refused(found)


def _save(row: ClinicalRow, *, is_new: bool) -> None:
    if is_new:
        row.save(force_insert=True)
        return
    columns = {field.attname: getattr(row, field.attname) for field in row.content_fields()}
    columns.update(
        missing=row.missing,
        voided_at=row.voided_at,
        void_reason=row.void_reason,
        version=row.version + 1,
    )
    # The condition on the version is the lock: of two editors one finds no row to update.
    changed = type(row).objects.filter(pk=row.pk, version=row.version).update(**columns)
    if not changed:
        raise Stale(_("This form was changed by somebody else since you opened it."))
    row.version += 1


def _row_finding(row: ClinicalRow, field: str, message: str, *, check_id: str = "write") -> Finding:
    return Finding(
        check_id, "impossible", message, row.entity(), getattr(row, "number", None), field
    )
