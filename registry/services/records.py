"""Create, change and void rows: the steps that every write of a fact goes through.

access → locks → checks over the whole case → write, recorded with person and reason → marks of
what was changed → announcement
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ForeignKey
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.announce import announce
from registry.audit import recorded
from registry.case import Case, load_case
from registry.checks import check_case, impossible
from registry.errors import Finding, NeedsConfirmation, Refused, Stale
from registry.models import (
    ClinicalRow,
    Identity,
    Patient,
    Screening,
    User,
)
from registry.permissions import require_case_entry
from registry.scope import system_scope
from registry.services import status
from registry.services.confirmations import confirm, open_findings
from registry.services.identity_index import index_identity
from registry.services.mark_upkeep import end_changed, marks_in_force, refuse_locked

R = TypeVar("R", bound=ClinicalRow)

Explain = Callable[[Finding], str]
"""The reason a person gives for an unlikely finding, "" for none."""


@dataclass(frozen=True)
class RowWrite:
    """A row with the values it shall have.

    Attributes:
        version: the version that was seen; None for a new row.
        next_number: the new row takes the next free number when its own was taken meanwhile.
    """

    row: ClinicalRow
    version: int | None = None
    next_number: bool = False


def create(model: type[R], *, by: User | None, reason: str = "", **values: Any) -> R:
    """Write a new row.

    Raises:
        PermissionDenied: the person does not enter cases at the patient's centre.
        Refused: a check or the database refuses the values; nothing is written.
    """
    row = model(**values)
    write([RowWrite(row)], by=by, reason=reason)
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
    write([RowWrite(row, version)], by=by, reason=reason)
    return row


def void(row: R, *, by: User | None, reason: str, version: int) -> R:
    """Take a row back: it stays in the database and in the history, and counts no more.

    Raises:
        Refused, Stale, PermissionDenied: as for :func:`change`.
    """
    return change(
        row, by=by, reason=reason, version=version, voided_at=timezone.now(), void_reason=reason
    )


def write(
    writes: Sequence[RowWrite],
    *,
    by: User | None,
    reason: str = "",
    explain: Explain | None = None,
) -> None:
    """Write rows of one case together, parents before children: all of them or none.

    Args:
        explain: asked for the reason of every unlikely finding that these rows bring and that
            nobody has confirmed yet. Without it such findings are let pass and stay on the
            worklist (imports, services that write a single fact).

    Raises:
        PermissionDenied: the person does not enter cases at the patient's centre.
        Refused: a check or the database refuses the values.
        NeedsConfirmation: an unlikely finding has no reason yet.
        Stale: a row was changed by somebody else since its version was read.
    """
    if not writes:
        return
    with system_scope(), recorded(by=by, reason=reason):
        patient = _one_patient(writes)
        stored = _lock(patient)
        require_case_entry(by, _centre_id(writes[0].row, stored or patient))
        _refuse_another_centre(patient, stored)
        _number(one.row for one in writes if one.next_number)
        _clean(one.row for one in writes)
        saved = [] if stored is None else [stored.pk]
        marks = marks_in_force(saved)
        if patient is not None:
            refuse_locked([one.row for one in writes], patient, marks)
        case, explained = _check(writes, patient, explain)
        try:
            for one in writes:
                _save(one)
        except (Refused, Stale):
            _forget_keys(one.row for one in writes if one.version is None)
            raise
        end_changed(marks, saved, by=by)
        if patient is not None:
            confirm(patient, explained, by=by)
            status.refresh([status.check(case if case is not None else load_case(patient))])
            announce([patient.pk])


def _one_patient(writes: Sequence[RowWrite]) -> Patient | None:
    """The patient of the rows: permission and checks are asked for that one only."""
    patients = [patient for one in writes if (patient := patient_of(one.row)) is not None]
    if any(patient != patients[0] for patient in patients):
        raise ValueError("rows of more than one patient cannot be written together")
    return patients[0] if patients else None


def patient_of(row: ClinicalRow) -> Patient | None:
    """The patient that a row belongs to; None for a screening without one."""
    if isinstance(row, Patient):
        return row
    current: Any = row
    for name in row.patient_path.split("__"):
        current = getattr(current, name)
    return current if isinstance(current, Patient) else None


def _centre_id(row: ClinicalRow, patient: Patient | None) -> int:
    if isinstance(row, Screening) and patient is None:
        return row.centre_id
    if patient is None:
        raise Refused([Finding("needed", "impossible", _("is needed"), "patient")])
    return patient.centre_id


def _lock(patient: Patient | None) -> Patient | None:
    """Two writers of one patient go one after the other, so that each checks what it will meet.

    Gives back the patient as stored: a transfer may have been accepted since it was read.
    """
    if patient is None or patient.pk is None:
        return None
    stored: Patient | None = (
        Patient.objects.select_for_update(no_key=True).filter(pk=patient.pk).first()
    )
    return stored


def _refuse_another_centre(patient: Patient | None, stored: Patient | None) -> None:
    """A patient goes to another centre by a transfer (:mod:`registry.services.transfers`) only."""
    if patient is not None and stored is not None and patient.centre_id != stored.centre_id:
        message = _("the patient belongs to another centre; a transfer changes that")
        raise Refused([_row_finding(patient, "centre", message)])


def _number(rows: Iterable[Any]) -> None:
    """Numbers that nobody took between the opening of a form and its saving."""
    used: dict[tuple[type, int], set[int]] = {}
    for row in rows:
        above = row.patient_path.split("__")[0]
        parent = getattr(row, above, None)
        if not hasattr(row, "number") or parent is None or parent.pk is None:
            continue
        if isinstance(row, Screening):
            continue  # numbered within the study and centre
        key = type(row), parent.pk
        if key not in used:
            held = type(row).objects.filter(**{above: parent}).values_list("number", flat=True)
            used[key] = set(held)
        if row.number in used[key]:
            row.number = max(used[key]) + 1
        used[key].add(row.number)


def _clean(rows: Iterable[ClinicalRow]) -> None:
    """Types, lengths and code lists, field by field."""
    findings: list[Finding] = []
    for row in rows:
        # Rows that are written in the same step have no key yet; the database holds the links.
        links = [field.name for field in row._meta.fields if field.is_relation]
        try:
            row.clean_fields(exclude=links if row.pk is None else None)
        except ValidationError as error:
            findings += [
                _row_finding(row, field, " ".join(messages), check_id="field")
                for field, messages in error.message_dict.items()
            ]
    if findings:
        raise Refused(findings)


def _check(
    writes: Sequence[RowWrite], patient: Patient | None, explain: Explain | None
) -> tuple[Case | None, list[tuple[Finding, str]]]:
    """Refuse what is impossible; give back the case and the unlikely findings with reasons."""
    rows = [one.row for one in writes if not isinstance(one.row, Identity)]
    if patient is None or not rows:
        return None, []
    today = timezone.localdate()
    case = load_case(patient) if patient.pk else Case(patient)
    known = {_place(finding) for finding in check_case(case, today=today)} if explain else set()
    for row in rows:
        if isinstance(row, Patient):
            case.patient = row
        else:
            case.add(row)
    findings = check_case(case, today=today)
    refused = impossible(findings)
    if refused:
        raise Refused(refused)
    if explain is None:
        return case, []
    written = {id(row) for row in rows}
    asked = [
        finding
        for finding in open_findings(findings, patient)
        if id(finding.row) in written or _place(finding) not in known
    ]
    reasons = [(finding, explain(finding).strip()) for finding in asked]
    unexplained = [finding for finding, why in reasons if not why]
    if unexplained:
        raise NeedsConfirmation(unexplained)
    return case, reasons


def _place(finding: Finding) -> tuple[object, ...]:
    row = finding.row
    return finding.check_id, finding.model, row.pk if row is not None else None, finding.field


def _forget_keys(rows: Iterable[ClinicalRow]) -> None:
    """Undo in memory what the rollback undoes in the database: new rows are new again."""
    for row in rows:
        row.pk = None
        row._state.adding = True


def _save(one: RowWrite) -> None:
    row = one.row
    if isinstance(row, Identity):
        index_identity(row)
    try:
        with transaction.atomic():
            if one.version is None:
                row.save(force_insert=True)
            else:
                _update(row, one.version)
    except IntegrityError as error:
        text = str(error).splitlines()[0]
        raise Refused([_row_finding(row, "", text, check_id="database")]) from error


def _update(row: ClinicalRow, version: int) -> None:
    for field in row.content_fields():
        if isinstance(field, ForeignKey) and field.is_cached(row):
            # A row that was written in the same step has its key only now.
            setattr(row, field.name, getattr(row, field.name))
    columns = {field.attname: getattr(row, field.attname) for field in row.content_fields()}
    columns.update(
        missing=row.missing,
        voided_at=row.voided_at,
        void_reason=row.void_reason,
        version=version + 1,
    )
    # The condition on the version is the lock: of two editors one finds no row to update.
    changed = type(row).objects.filter(pk=row.pk, version=version).update(**columns)
    if not changed:
        raise Stale(_("This form was changed by somebody else since you opened it."))
    row.version = version + 1


def _row_finding(row: ClinicalRow, field: str, message: str, *, check_id: str = "write") -> Finding:
    number = getattr(row, "number", None)
    return Finding(check_id, "impossible", message, row.entity(), number, field, row)
