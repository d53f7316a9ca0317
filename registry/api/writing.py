"""Creates, changes and takes back one row as the interface asks; the services do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.api.entities import Entity
from registry.case import Case, load_case
from registry.checks import check_case, impossible
from registry.errors import Finding, Refused
from registry.models import ClinicalRow, Identity, Patient, Screening, User
from registry.permissions import require_anywhere, require_case_entry
from registry.roles import Action
from registry.scope import system_scope
from registry.services import records
from registry.services.records import Explain, RowWrite, patient_of
from registry.services.registration import next_screening_number, refusals
from registry.services.voiding import parts_of, refuse_while_resting, resting_on

REASON = "reason_for_change"


def explain_by(confirmed: Sequence[Mapping[str, Any]]) -> Explain:
    """The reasons that a body gives for unlikely findings."""

    def explain(finding: Finding) -> str:
        return next((one["reason"] for one in confirmed if _is_meant(one, finding)), "")

    return explain


def _is_meant(one: Mapping[str, Any], finding: Finding) -> bool:
    row = finding.row.pk if finding.row is not None else None
    return (
        (one["check"], one["entity"]) == (finding.check_id, finding.model)
        and (one.get("field") or "") == finding.field
        and one.get("number") in (None, finding.number)
        and one.get("row") in (None, row)
    )


def require_somewhere(by: User) -> None:
    """Refuse people who enter cases nowhere before anything is said of what they sent.

    Raises:
        PermissionDenied: always worded the same.
    """
    require_anywhere(by, Action.ENTER_CASES)


def require_entry(row: ClinicalRow, by: User) -> None:
    """Refuse a person who does not enter cases where the row is.

    Raises:
        PermissionDenied: without naming the patient.
    """
    require_case_entry(by, _centre_id(row))


def _centre_id(row: ClinicalRow) -> int:
    patient = patient_of(row)
    if patient is None:
        assert isinstance(row, Screening)
        return row.centre_id
    return patient.centre_id


def lay(row: ClinicalRow, values: Mapping[str, Any]) -> None:
    """Put values and reasons for missing values into a row.

    A value takes the place of a reason, a reason that of a value; both at once are for the checks.
    """
    missing = dict(row.missing)
    reasons: Mapping[str, str | None] = values.get("missing") or {}
    for name, value in values.items():
        if name != "missing":
            _put(row, name, value)
            if value not in (None, ""):
                missing.pop(name, None)
    for name, reason in reasons.items():
        if reason is None:
            missing.pop(name, None)
            continue
        missing[name] = reason
        if name not in values:
            _put(row, name, None)
    row.missing = missing


def _put(row: ClinicalRow, name: str, value: Any) -> None:
    column = row._meta.get_field(name)
    setattr(row, name, "" if value is None and not column.null else value)


def new_row(entity: Entity, values: Mapping[str, Any]) -> tuple[ClinicalRow, bool]:
    """A row that is not saved, and whether its number is still to be found."""
    row = entity.model()
    lay(row, values)
    is_open = entity.has_number and "number" not in values
    if is_open and isinstance(row, Screening):
        row.number = next_screening_number(row.study, row.centre)
    return row, is_open


def create(row: ClinicalRow, *, by: User, reason: str, explain: Explain, is_open: bool) -> None:
    """Write a new row.

    Args:
        is_open: its number is still to be found.

    Raises:
        PermissionDenied, Refused, NeedsConfirmation: as :func:`registry.services.records.write`.
    """
    require_entry(row, by)
    refuse([*refusals([row]), *_of_screening(row), *(() if is_open else _number_taken(row))])
    write = RowWrite(row, next_number=is_open)
    records.write([write], by=by, reason=reason or _("Entered"), explain=explain)


def change(
    row: ClinicalRow,
    values: Mapping[str, Any],
    *,
    by: User,
    reason: str,
    explain: Explain,
    version: int,
) -> None:
    """Change a saved row; nothing is written when every value is the same.

    Raises:
        PermissionDenied, Refused, NeedsConfirmation, Stale: as :func:`create`.
    """
    refuse(_without_reason(row, reason))
    before = _held(row)
    lay(row, values)
    if _held(row) == before:
        return
    refuse([*refusals([row]), *_of_screening(row, before)])
    records.write([RowWrite(row, version)], by=by, reason=reason, explain=explain)


def _held(row: ClinicalRow) -> dict[str, Any]:
    columns = {column.attname: getattr(row, column.attname) for column in row.content_fields()}
    return columns | {"missing": row.missing}


def void(row: ClinicalRow, *, by: User, reason: str, explain: Explain, version: int) -> None:
    """Take a row back, with the rows that are part of it.

    A patient is taken back when nothing else is recorded on them any more.

    Raises:
        Refused: other rows rest on it, or no reason is given.
        PermissionDenied, NeedsConfirmation, Stale: as :func:`create`.
    """
    refuse(_without_reason(row, reason))
    going = [row]
    patient = patient_of(row)
    if patient is not None and not isinstance(row, Identity):
        case = load_case(patient)
        parts = parts_of(case, row)
        if isinstance(row, Patient):
            identity = Identity.objects.live().filter(patient=row)
            refuse_while_resting(row, [*parts, *identity])
        refuse_while_resting(row, resting_on(case, row))
        going += parts
    now = timezone.now()
    for one in going:
        one.voided_at, one.void_reason = now, reason
    writes = [RowWrite(one, version if one is row else one.version) for one in going]
    records.write(writes, by=by, reason=reason, explain=explain)


def refuse(findings: Sequence[Finding]) -> None:
    """Stop when there are findings.

    Raises:
        Refused: with them.
    """
    if findings:
        raise Refused(findings)


def _without_reason(row: ClinicalRow, reason: str) -> list[Finding]:
    if reason:
        return []
    return [_finding(row, "write", REASON, _("say why the saved value is changed"))]


def _of_screening(row: ClinicalRow, before: Mapping[str, Any] | None = None) -> Iterator[Finding]:
    """A screening leads to one patient, of the centre that screened.

    Screenings of nobody are of no case, whose checks would look at them.
    """
    if not isinstance(row, Screening):
        return
    held = before["patient_id"] if before is not None else None
    if held is not None and row.patient_id != held:
        yield _finding(row, "read-only", "patient", _("stays as it was created"))
    elif row.patient is None:
        case = Case(Patient(centre=row.centre), {Screening: [row]})
        found = impossible(check_case(case, today=timezone.localdate()))
        yield from (finding for finding in found if finding.row is row)
    elif held is None and row.patient.centre_id != row.centre_id:
        yield _finding(row, "same-centre", "patient", _("the patient is of another centre"))


def _number_taken(row: Any) -> list[Finding]:
    """A number that the body gives is free: also those of rows taken back are used."""
    if not hasattr(row, "number"):
        return []
    above = (
        {"study": row.study, "centre": row.centre}
        if isinstance(row, Screening)
        else {row.patient_path.split("__")[0]: getattr(row, row.patient_path.split("__")[0])}
    )
    with system_scope():
        taken = type(row).objects.filter(**above, number=row.number).exists()
    if not taken:
        return []
    message = _("is taken: leave it out, and the next free one is given")
    return [_finding(row, "number", "number", message)]


def _finding(row: ClinicalRow, check_id: str, field: str, message: str) -> Finding:
    number = getattr(row, "number", None)
    return Finding(check_id, "impossible", message, row.entity(), number, field, row)
