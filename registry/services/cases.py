"""Writes whole cases in bulk: what imports go through.

The steps are those of single rows — checks over the whole case, write, announcement — taken for
many patients at once. A patient is written whole or not at all.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import ForeignKey
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.announce import announce
from registry.audit import recorded
from registry.case import load_cases
from registry.checks import check_case
from registry.errors import Finding, Severity, Stale
from registry.models import ClinicalRow, Identity, Patient, Screening, User
from registry.permissions import require_case_entry
from registry.protocols import Protocol
from registry.scope import system_scope
from registry.services.bulk_insert import insert
from registry.services.case_drafts import CaseDraft, Refusal
from registry.services.case_merge import Destination, Known, Merged, fold, merge
from registry.services.mark_upkeep import MarksInForce, end_changed, lock_words, marks_in_force
from registry.services.status import refresh


@dataclass
class CaseResult:
    """What became of one patient; with refusals nothing of the patient was written."""

    draft: CaseDraft
    refusals: list[Refusal]
    created: Counter[type[ClinicalRow]] = field(default_factory=Counter)
    changed: Counter[type[ClinicalRow]] = field(default_factory=Counter)
    unchanged: Counter[type[ClinicalRow]] = field(default_factory=Counter)
    remarks: list[tuple[Severity, str, Refusal]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Pseudonyms:
    """Every pseudonym of the registry, to tell look-alikes of different patients apart."""

    def __init__(self) -> None:
        with system_scope():
            names = Patient.objects.values_list("pseudonym", flat=True)
            self._by_fold = {fold(name): name for name in names}

    def look_alike(self, pseudonym: str) -> str | None:
        """Another spelling of this pseudonym that is taken; takes the pseudonym when free."""
        other = self._by_fold.setdefault(fold(pseudonym), pseudonym)
        return None if other == pseudonym else other


def write_cases(
    drafts: Sequence[CaseDraft],
    *,
    into: Destination,
    pseudonyms: Pseudonyms,
    by: User | None,
    reason: str,
    check_only: bool = False,
) -> list[CaseResult]:
    """Write the cases that pass every check; say of the others why not.

    Rows that are as stated stay untouched, changed rows get the next version. With ``check_only``
    the database is read, not written.

    Raises:
        PermissionDenied: the person does not enter cases at the centre.
        Stale: somebody changed a row of these patients in the same moment.
    """
    require_case_entry(by, into.centre.pk)
    today = timezone.localdate()
    with system_scope(), recorded(by=by, reason=reason):
        known = _load(drafts, into)
        merged = [_merge(draft, known, into, pseudonyms) for draft in drafts]
        marks = marks_in_force(
            one.case.patient.pk for one in known.values() if one.case is not None
        )
        for one in merged:
            _refuse_locked(one, marks)
        protocol = into.protocol_version.protocol
        results = [_check(one, protocol, today) for one in merged]
        fit = [one for one, result in zip(merged, results, strict=True) if not result.refusals]
        if not check_only:
            _write(fit)
            written = [
                one.case.patient.pk
                for one in fit
                if one.case is not None and not one.refusals and (one.created or one.changed)
            ]
            end_changed(marks, written, by=by)
            refresh(
                (one.case, result.findings)
                for one, result in zip(merged, results, strict=True)
                if one.case is not None and not one.refusals
            )
            announce(written)
    for one, result in zip(merged, results, strict=True):
        if not one.refusals:
            result.created = Counter(type(row) for row in one.created)
            result.changed = Counter(type(row) for row in one.changed)
            result.unchanged = Counter(type(row) for row in one.unchanged)
    return results


def _load(drafts: Iterable[CaseDraft], into: Destination) -> dict[str, Known]:
    """What the registry holds about these patients, in a fixed number of queries."""
    names = [draft.pseudonym for draft in drafts if draft.pseudonym]
    # Locked, so that none of them goes to another centre before its rows are written. Without a
    # join: PostgreSQL finds no row where the centre changed while it waited for the lock.
    held = Patient.objects.select_for_update(no_key=True).order_by("pk")
    patients = held.prefetch_related("centre").filter(pseudonym__in=names)
    known = {case.patient.pseudonym: Known(case) for case in load_cases(patients)}
    for identity in Identity.objects.filter(patient__pseudonym__in=names).select_related("patient"):
        known[identity.patient.pseudonym].identity = identity
    numbers = {d.key[0]: c.pseudonym for c in drafts for d in c.rows if d.model is Screening}
    for row in Screening.objects.filter(
        study=into.study, centre=into.centre, number__in=list(numbers)
    ):
        known.setdefault(numbers[row.number], Known()).screenings[row.number] = row
    return known


def _merge(
    draft: CaseDraft, known: dict[str, Known], into: Destination, pseudonyms: Pseudonyms
) -> Merged:
    found = known.get(draft.pseudonym, Known())
    case = found.case
    if case is not None and (case.patient.centre_id != into.centre.pk or case.patient.is_void):
        reason = _("the pseudonym belongs to a patient of another centre")
        if case.patient.is_void:
            reason = _("the patient was taken back in the registry")
        return _refused(draft, reason)
    if case is None and draft.patient is not None:
        other = pseudonyms.look_alike(draft.pseudonym)
        if other is not None:
            return _refused(draft, _("looks like the pseudonym “{other}”").format(other=other))
    return merge(draft, found, into)


def _refused(draft: CaseDraft, reason: str) -> Merged:
    merged = Merged(draft, None)
    name = "patient" if draft.patient is None else "pseudonym"
    merged.refuse(next(draft.drafts()), name, reason)
    return merged


def _refuse_locked(merged: Merged, marks: MarksInForce) -> None:
    """Refuse new and changed rows of locked forms, at the first column that would change them."""
    if merged.case is None:
        return
    for row in (*merged.created, *merged.changed):
        lock = marks.lock_on(row, merged.case.patient)
        if lock is not None:
            column = merged.first_change.get(id(row), "number" if hasattr(row, "number") else "")
            merged.refusals.append(Refusal(merged.origin_of(row), column, lock_words(lock, row)))


def _check(merged: Merged, protocol: Protocol, today: dt.date) -> CaseResult:
    result = CaseResult(merged.draft, merged.refusals)
    if merged.case is None or merged.refusals:
        return result
    result.findings = check_case(merged.case, today=today, protocols=[protocol])
    for finding in result.findings:
        remark = Refusal(merged.origin_of(finding.row), finding.field, finding.message)
        if finding.severity == "impossible":
            result.refusals.append(remark)
        else:
            result.remarks.append((finding.severity, finding.check_id, remark))
    return result


def _write(cases: list[Merged]) -> None:
    """All at once; where the database refuses, patient by patient to find the row."""
    try:
        with transaction.atomic():
            _update(row for case in cases for row in case.changed)
            created: dict[type[ClinicalRow], list[ClinicalRow]] = {}
            for case in cases:
                for row in case.created:
                    created.setdefault(type(row), []).append(row)
            for model in _in_order(created):
                insert(created[model])
    except IntegrityError:
        for case in cases:
            _forget_keys(case.created)
        if len(cases) == 1:
            _find_refused_row(cases[0])
            return
        for case in cases:
            _write([case])


def _in_order(created: Iterable[type[ClinicalRow]]) -> list[type[ClinicalRow]]:
    """Parents before children: a table comes after every table that it points to."""
    left = list(created)
    ordered: list[type[ClinicalRow]] = []
    while left:
        for model in left:
            above = {field.related_model for field in model._meta.concrete_fields} - {model}
            if not above & set(left):
                left.remove(model)
                ordered.append(model)
                break
    # A toxicity of grade 5 needs the death, which it does not point to.
    ordered.sort(key=lambda model: model.__name__ == "ToxicityEvent")
    return ordered


def _update(rows: Iterable[ClinicalRow]) -> None:
    for row in rows:
        columns = {column.attname: getattr(row, column.attname) for column in row.content_fields()}
        columns |= {"missing": row.missing, "version": row.version + 1}
        # The condition on the version is the lock: what a person wrote meanwhile is not lost.
        held = type(row)._base_manager.filter(pk=row.pk, version=row.version)
        if not held.update(**columns):
            raise Stale(_("{row} was changed by somebody meanwhile").format(row=row))


def _forget_keys(rows: Iterable[ClinicalRow]) -> None:
    """Undo in memory what the rollback undid in the database."""
    rows = list(rows)
    for row in rows:
        row.pk = None
        row._state.adding = True
    for row in rows:
        for column in row._meta.concrete_fields:
            if isinstance(column, ForeignKey) and column.is_cached(row):
                setattr(row, column.name, getattr(row, column.name))


def _find_refused_row(case: Merged) -> None:
    """Write row by row until the database refuses one; nothing stays."""
    order = {model: place for place, model in enumerate(_in_order({type(r) for r in case.created}))}
    rows = [*case.changed, *sorted(case.created, key=lambda row: order[type(row)])]
    row = rows[0]
    try:
        with transaction.atomic():
            for row in rows:
                if row.pk is None:
                    row.save(force_insert=True)
                else:
                    _update([row])
    except IntegrityError as error:
        _forget_keys(case.created)
        case.refusals.append(Refusal(case.origin_of(row), "", _in_words(error)))


def _in_words(error: IntegrityError) -> str:
    """The first line of what the database says: names the rule, never the values of other rows."""
    return _("the database refuses it: {rule}").format(rule=str(error).splitlines()[0])
