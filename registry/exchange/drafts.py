"""From rows of text to drafts of cases: every cell read, every refusal with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from typing import Any

from django.utils.translation import gettext as _

from registry.exchange.cells import reason_in
from registry.exchange.entities import Entity, entities
from registry.exchange.records import Origin, Record
from registry.models import CtcaeTerm, Enrolment, Patient, ProtocolVersion, Study
from registry.services.case_drafts import CaseDraft, Draft, Key, Refusal


class Drafting:
    """Reads the records of patients against the terminology and the study of the import."""

    def __init__(self, study: Study) -> None:
        self.study = study

    @cached_property
    def terms(self) -> dict[tuple[str, str], CtcaeTerm]:
        """CTCAE terms by release and case-folded spelling."""
        return {(term.release, term.term.casefold()): term for term in CtcaeTerm.objects.all()}

    @cached_property
    def versions(self) -> dict[int, ProtocolVersion]:
        """Protocol versions of the study by number."""
        return {version.number: version for version in self.study.protocol_versions.all()}

    def case(self, pseudonym: str, records: Iterable[Record]) -> tuple[CaseDraft, list[Refusal]]:
        """The draft of one patient, with what could not be read in the patient's rows.

        A patient that comes without a row in ``enrolments`` is enrolled in the study all the same:
        that is what the import was called for.
        """
        draft = CaseDraft(pseudonym)
        refusals: list[Refusal] = []
        order = _order()
        for record in sorted(records, key=lambda record: order[record.entity.name]):
            row = self._draft(record, refusals)
            if row is None:
                continue
            if row.model is not Patient:
                draft.rows.append(row)
            elif draft.patient is None:
                draft.patient = row
            else:
                reason = _("the same patient as {other}").format(other=draft.patient.origin)
                refusals.append(Refusal(row.origin, "pseudonym", reason))
        enrolled = any(row.model is Enrolment for row in draft.rows)
        if draft.patient is not None and not enrolled:
            draft.rows.insert(0, Draft(Enrolment, (), {}, origin=draft.patient.origin))
        return draft, refusals

    def _draft(self, record: Record, refusals: list[Refusal]) -> Draft | None:
        before = len(refusals)
        refusals += [Refusal(record.origin, fault.column, fault.reason) for fault in record.faults]
        values, missing = self._values(record, refusals)
        numbers = self._numbers(record.entity, values, record.origin, refusals)
        self._resolve(record, values, refusals)
        if len(refusals) > before:
            return None
        links = {
            link.field: (link.model, tuple(numbers[name] for name in link.columns))
            for link in record.entity.links
            if all(name in numbers for name in link.columns)
        }
        key: Key = tuple(numbers[name] for name in record.entity.key)
        return Draft(record.entity.model, key, values, missing, links, record.origin)

    def _values(
        self, record: Record, refusals: list[Refusal]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """What the filled cells state: values, and reasons for missing values."""
        values: dict[str, Any] = {}
        missing: dict[str, str] = {}
        entity, cells = record.entity, record.cells
        for name in entity.required:
            if not cells.get(name):
                refusals.append(Refusal(record.origin, name, _("is needed")))
        columns = entity.by_name
        for name, text in cells.items():
            column = columns.get(name) if text else None
            if column is None:
                continue
            reason = reason_in(text)
            if reason is None:
                if record.decimal_comma and column.decimals and "." not in text:
                    text = text.replace(",", ".")
                try:
                    values[name] = column.read(text)
                except ValueError as error:
                    refusals.append(Refusal(record.origin, name, str(error)))
            elif column.required:
                refusals.append(Refusal(record.origin, name, _("is needed")))
            elif name in _KEYS:
                problem = _("cannot be missing with a reason")
                refusals.append(Refusal(record.origin, name, problem))
            else:
                missing[name] = reason
        return values, missing

    def _numbers(
        self, entity: Entity, values: dict[str, Any], origin: Origin, refusals: list[Refusal]
    ) -> dict[str, int]:
        """The numbers of the row itself and of the rows it points to, taken out of the values."""
        found: dict[str, int] = {}
        for name in entity.numbers:
            if name in values:
                found[name] = values.pop(name)
            elif name == "number":
                found[name] = 1
        return found

    def _resolve(self, record: Record, values: dict[str, Any], refusals: list[Refusal]) -> None:
        """Texts that stand for rows of the terminology and of the study."""
        if record.entity.name != "patients":
            values.pop("patient", None)
        if "term" in values:
            release, term = values.pop("release", ""), values["term"]
            found = self.terms.get((release, term.casefold()))
            if found is None:
                reason = _("CTCAE {release} has no such term").format(release=release)
                refusals.append(Refusal(record.origin, "term", reason))
            values["term"] = found
        if "protocol_version" in values:
            number = values["protocol_version"]
            if number not in self.versions:
                reason = _("the study has no such protocol version")
                refusals.append(Refusal(record.origin, "protocol_version", reason))
            values["protocol_version"] = self.versions.get(number)


# The columns that say which row is meant: they hold a value or nothing.
_KEYS = {"patient", "number", "course", "target", "lesion", "assessment", "protocol_version"}


@cache
def _order() -> dict[str, int]:
    """Places of the tables: parents before children."""
    return {name: place for place, name in enumerate(entities())}


def by_patient(records: Iterable[Record]) -> Iterator[tuple[str, list[Record]]]:
    """The records of each patient, in the order in which the patients first appear.

    Screenings without a patient stand each for itself.
    """
    groups: dict[str, list[Record]] = {}
    alone: list[Record] = []
    for record in records:
        if record.pseudonym:
            groups.setdefault(record.pseudonym, []).append(record)
        else:
            alone.append(record)
    yield from groups.items()
    for record in alone:
        yield "", [record]
