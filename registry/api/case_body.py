"""From the body of a whole case to rows that are not saved yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registry.api.case_serializers import IDENTITY, LISTS, PATIENT, NumberLink
from registry.api.case_serializers import CaseRowSerializer as RowSerializer
from registry.api.entities import ENTITIES, Entity
from registry.api.pointers import Pointers
from registry.api.problems import Problem
from registry.api.writing import lay
from registry.models import ClinicalRow, Identity, Patient, Screening
from registry.services.records import RowWrite
from registry.services.registration import next_pseudonym, next_screening_number

_ORDER = {entity.model: place for place, entity in enumerate(ENTITIES)}

Place = tuple[type[ClinicalRow], int | None, int]
"""A row by its number: of which table, within which course or assessment, which number."""


@dataclass(frozen=True)
class _Pointing:
    """A link by number that is still to be resolved."""

    row: ClinicalRow
    name: str
    number: int
    place: str


@dataclass
class CaseBody:
    """The rows of a body, parents before children, with their places in it."""

    rows: list[ClinicalRow] = field(default_factory=list)
    pointers: Pointers = field(default_factory=Pointers)
    _numbered: dict[Place, ClinicalRow] = field(default_factory=dict)
    _pointing: list[_Pointing] = field(default_factory=list)
    _errors: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> CaseBody:
        """The rows that the validated values state.

        Raises:
            Problem: a number stands twice, or for no row; says where.
        """
        body = cls()
        patient = Patient(centre=values["patient"]["centre"])
        body._lay(patient, values["patient"], PATIENT, "/patient")
        if values.get("identity") is not None:
            identity = Identity(patient=patient)
            body._lay(identity, values["identity"], IDENTITY, "/identity")
        for entity in LISTS:
            body._several(entity, values.get(entity.name, ()), patient, "")
        body._link()
        if body._errors:
            raise Problem(
                "refused", _("Nothing was written. Correct what “errors” names."), body._errors
            )
        _name(patient, body.rows)
        body.rows.sort(key=lambda row: _ORDER[type(row)])
        return body

    @property
    def patient(self) -> Patient:
        """The patient, who comes first."""
        first = self.rows[0]
        assert isinstance(first, Patient)
        return first

    def writes(self) -> list[RowWrite]:
        """The rows as new ones."""
        return [RowWrite(row) for row in self.rows]

    def _several(self, entity: Entity, items: Any, above: ClinicalRow, place: str) -> None:
        for index, values in enumerate(items):
            at = f"{place}/{entity.name}/{index}"
            row = entity.model(**{entity.parent: above})
            if isinstance(row, Screening):
                row.study = values["study"]
                row.centre = values.get("centre", self.patient.centre)
                row.number = values.get("number") or self._next_screening(row)
            elif entity.has_number:
                self._number(row, values.get("number", index + 1), entity, above, at)
            self._lay(row, values, entity, at)
            for child in entity.children:
                self._several(child, values.get(child.name, ()), row, at)

    def _next_screening(self, row: Screening) -> int:
        """The next number of study and centre; the body may hold several."""
        others = [one for one in self.rows if isinstance(one, Screening)]
        held = [one.number for one in others if one.study == row.study and one.centre == row.centre]
        return max([next_screening_number(row.study, row.centre), *(n + 1 for n in held)])

    def _number(
        self, row: Any, number: int, entity: Entity, above: ClinicalRow, place: str
    ) -> None:
        row.number = number
        inside = None if isinstance(above, Patient) else id(above)
        if (entity.model, inside, number) in self._numbered:
            message = _("stands twice: left out, rows are numbered in their order")
            self._tell(f"{place}/number", "number", message)
        self._numbered[entity.model, inside, number] = row

    def _lay(self, row: ClinicalRow, values: Mapping[str, Any], entity: Entity, place: str) -> None:
        fields = RowSerializer(entity=entity).fields
        children = {child.name for child in entity.children}
        own = {name: value for name, value in values.items() if name not in children}
        for name in [name for name in own if isinstance(fields[name], NumberLink)]:
            number = own.pop(name)
            if number is not None:
                self._pointing.append(_Pointing(row, name, number, f"{place}/{name}"))
        lay(row, own)
        self.rows.append(row)
        self.pointers.put(row, place)

    def _link(self) -> None:
        for one in self._pointing:
            model: Any = one.row._meta.get_field(one.name).related_model
            # A phase names a target of its own course; lesions and courses are the patient's.
            above = one.row.patient_path.split("__")[0]
            shared = model.patient_path.split("__")[0] == above and above != "patient"
            inside = id(getattr(one.row, above)) if shared else None
            found = self._numbered.get((model, inside, one.number))
            if found is None:
                words = _("the case has no {thing} {number}")
                message = words.format(thing=model._meta.verbose_name, number=one.number)
                self._tell(one.place, "link", message)
            else:
                setattr(one.row, one.name, found)

    def _tell(self, place: str, check: str, message: str) -> None:
        self._errors.append(
            {
                "field": place.rpartition("/")[2],
                "pointer": place,
                "check": check,
                "severity": "impossible",
                "message": message,
            }
        )


def _name(patient: Patient, rows: list[ClinicalRow]) -> None:
    """The next free pseudonym of the study, where the body gives none."""
    if patient.pseudonym:
        return
    studies: Iterator[Any] = (row.study for row in rows if hasattr(row, "study_id"))  # type: ignore[attr-defined]
    study = next(studies, None)
    if study is not None:
        patient.pseudonym = next_pseudonym(study, patient.centre)
