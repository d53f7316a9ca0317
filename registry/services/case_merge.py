"""Lays the drafts of one patient over what the registry holds about them; nothing is written."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from django.utils.translation import gettext as _

from registry.case import Case
from registry.models import (
    Centre,
    ClinicalRow,
    Enrolment,
    Identity,
    Patient,
    ProtocolVersion,
    Screening,
    Study,
)
from registry.partial_date import PartialDate
from registry.protocol_in_force import day_of_enrolment, in_force
from registry.services.case_drafts import CaseDraft, Draft, Key, Refusal, natural_key
from registry.services.identity_index import family_name_index, record_number_index


@dataclass(frozen=True)
class Destination:
    """Where the cases go: a study, a centre, and the protocol version in force today."""

    study: Study
    centre: Centre
    protocol_version: ProtocolVersion

    def version_at(self, enrolled_on: PartialDate | None) -> ProtocolVersion:
        """The protocol version that a new enrolment of that day comes under."""
        return in_force(self._versions, day_of_enrolment(enrolled_on))

    @cached_property
    def _versions(self) -> list[ProtocolVersion]:
        return list(self.study.protocol_versions.all())


@dataclass
class Known:
    """What the registry holds about one patient before the import."""

    case: Case | None = None
    identity: Identity | None = None
    screenings: dict[int, Screening] = field(default_factory=dict)


@dataclass
class Merged:
    """A case as it would be, with the rows that are new, changed and as they were.

    ``first_change`` names for changed rows, by identity, the first field that differs.
    """

    draft: CaseDraft
    case: Case | None
    created: list[ClinicalRow] = field(default_factory=list)
    changed: list[ClinicalRow] = field(default_factory=list)
    unchanged: list[ClinicalRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    draft_of: dict[int, Draft] = field(default_factory=dict)
    first_change: dict[int, str] = field(default_factory=dict)

    def refuse(self, draft: Draft, name: str, reason: str) -> None:
        """Note why a row cannot be written."""
        self.refusals.append(Refusal(draft.origin, name, reason))

    def origin_of(self, row: ClinicalRow | None) -> Any:
        """Where a row comes from; for rows that were there, where the patient comes from."""
        draft = self.draft_of.get(id(row)) or next(self.draft.drafts())
        return draft.origin


def fold(pseudonym: str) -> str:
    """One spelling for pseudonyms that a person cannot tell apart: NFKC, case folded, visible."""
    text = unicodedata.normalize("NFKC", pseudonym).casefold()
    return "".join(sign for sign in text if unicodedata.category(sign) not in {"Cf", "Zs"})


def merge(draft: CaseDraft, known: Known, into: Destination) -> Merged:
    """The case with the drafts in it; refusals for drafts that fit nowhere."""
    merged = Merged(draft, known.case)
    if draft.pseudonym:
        if draft.patient is not None:
            _merge_patient(merged, draft.patient, into)
        elif merged.case is None:
            for row in draft.rows:
                reason = _("no patient “{name}” in the files or in the registry")
                merged.refuse(row, "patient", reason.format(name=draft.pseudonym))
    if not merged.refusals:
        _Rows(merged, known, into).lay()
    return merged


def _merge_patient(merged: Merged, draft: Draft, into: Destination) -> None:
    if merged.case is None:
        stated = {**draft.values, "pseudonym": merged.draft.pseudonym}
        patient = Patient(centre=into.centre, missing=dict(draft.missing), **stated)
        merged.case = Case(patient)
        merged.created.append(patient)
    else:
        patient = merged.case.patient
        _apply(merged, patient, draft)
    merged.draft_of[id(patient)] = draft


class _Rows:
    """The rows of one case by their keys, for finding what a draft means."""

    def __init__(self, merged: Merged, known: Known, into: Destination) -> None:
        self.merged = merged
        self.known = known
        self.into = into
        self.rows: dict[tuple[type[ClinicalRow], Key], ClinicalRow] = {}
        self.given: dict[tuple[type[ClinicalRow], Key], Draft] = {}
        for row in self._held():
            at = (type(row), natural_key(row))
            if at not in self.rows or self.rows[at].is_void:
                self.rows[at] = row

    def _held(self) -> list[ClinicalRow]:
        rows: list[ClinicalRow] = list(self.known.screenings.values())
        if self.known.identity is not None:
            rows.append(self.known.identity)
        if self.merged.case is not None:
            for several in self.merged.case.rows.values():
                rows += several
        return [
            row
            for row in rows
            # Other studies of the patient are none of this import's business.
            if not (isinstance(row, Enrolment | Screening) and row.study_id != self.into.study.pk)
        ]

    def lay(self) -> None:
        """Every draft in its place."""
        for draft in self.merged.draft.rows:
            at = (draft.model, draft.key)
            if at in self.given:
                other = self.given[at].origin
                self.merged.refuse(draft, "", _("the same row as {other}").format(other=other))
                continue
            self.given[at] = draft
            links = self._links(draft)
            if links is None:
                continue
            row = self.rows.get(at)
            if isinstance(row, Screening) and not self._is_same_person(row, links):
                self.merged.refuse(draft, "number", _("the number of another person screened"))
                continue
            if row is None:
                row = self._new(draft, links)
                self.rows[at] = row
                self.merged.created.append(row)
            elif row.is_void:
                reason = _("was taken back in the registry: “{why}”; give it a new number")
                self.merged.refuse(draft, "", reason.format(why=row.void_reason))
                continue
            else:
                _apply(self.merged, row, draft, links)
            self.merged.draft_of[id(row)] = draft
            if isinstance(row, Screening) and self.merged.case is not None:
                # Read by its number here: the case may hold it as another object.
                self.merged.case.add(row)
            if isinstance(row, Identity):
                self._index(row)

    def _is_same_person(self, row: Screening, links: dict[str, ClinicalRow]) -> bool:
        """Whether a screening on file is of this patient; one without a patient gets this one."""
        case = self.merged.case
        if row.patient_id is None and case is not None:
            links["patient"] = case.patient
            return True
        return row.patient_id == (None if case is None else case.patient.pk)

    def _links(self, draft: Draft) -> dict[str, ClinicalRow] | None:
        found: dict[str, ClinicalRow] = {}
        for name, at in draft.links.items():
            row = self.rows.get(at)
            if row is None or row.is_void:
                model, key = at
                what = f"{model._meta.verbose_name} {'.'.join(str(part) for part in key)}"
                reason = _("the patient has no {what}").format(what=what)
                self.merged.refuse(draft, name, reason)
                return None
            found[name] = row
        return found

    def _new(self, draft: Draft, links: dict[str, ClinicalRow]) -> ClinicalRow:
        values: dict[str, Any] = {**draft.values, **links, "missing": dict(draft.missing)}
        names = _field_names(draft.model)
        if "number" in names:
            values["number"] = draft.key[-1]
        if draft.model is Screening:
            values |= {"study": self.into.study, "centre": self.into.centre}
        elif draft.model is Enrolment:
            values["study"] = self.into.study
            if "protocol_version" not in values:
                values["protocol_version"] = self.into.version_at(values.get("enrolled_on"))
        case = self.merged.case
        if case is not None and "patient" in names:
            values["patient"] = case.patient
        row = draft.model(**values)
        if case is not None and draft.model not in (Identity, Screening):
            case.add(row)
        return row

    def _index(self, row: Identity) -> None:
        centre = self.into.centre
        row.record_number_index = record_number_index(row.record_number, centre)
        row.family_name_index = family_name_index(row.family_name, centre)


@cache
def _field_names(model: type[ClinicalRow]) -> frozenset[str]:
    return frozenset(column.name for column in model._meta.concrete_fields)


def _apply(
    merged: Merged, row: ClinicalRow, draft: Draft, links: dict[str, ClinicalRow] | None = None
) -> None:
    """Set what the draft states; sort the row into changed or unchanged."""
    changed = ""
    for name, value in {**draft.values, **(links or {})}.items():
        if getattr(row, name) != value or name in row.missing:
            setattr(row, name, value)
            row.missing = {key: why for key, why in row.missing.items() if key != name}
            changed = changed or name
    for name, reason in draft.missing.items():
        if row.missing.get(name) != reason or getattr(row, name) not in (None, ""):
            setattr(row, name, None if row._meta.get_field(name).null else "")
            row.missing = {**row.missing, name: reason}
            changed = changed or name
    if changed:
        merged.first_change[id(row)] = changed
    (merged.changed if changed else merged.unchanged).append(row)
