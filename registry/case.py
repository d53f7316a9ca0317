"""A case: one patient with everything known about them, as rows in memory.

Forms, imports and the checks over old rows all look at a case, so a rule that spans several forms
is written once. Rows may be saved or not; they point to each other as Django instances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar, cast

from django.db.models import F, Model

from registry.models import (
    CLINICAL_MODELS,
    ClinicalRow,
    Identity,
    Patient,
)

R = TypeVar("R", bound=ClinicalRow)

CASE_MODELS: tuple[type[ClinicalRow], ...] = tuple(
    model for model in CLINICAL_MODELS if model not in (Patient, Identity)
)
"""Tables of a case below the patient, parents before children. An identity is read apart."""

_FOLLOWED = {
    "Enrolment": ("study", "protocol_version__study"),
    "ToxicityEvent": ("term",),
}


@dataclass
class Case:
    """A patient and the rows of every clinical table that belong to them."""

    patient: Patient
    rows: dict[type[ClinicalRow], list[ClinicalRow]] = field(default_factory=dict)

    def of(self, model: type[R]) -> list[R]:
        """Live rows of one table in their order."""
        return cast(list[R], [row for row in self.rows.get(model, ()) if not row.is_void])

    def add(self, row: ClinicalRow) -> None:
        """Put a row into the case, in place of the row with the same key if there is one."""
        rows = self.rows.setdefault(type(row), [])
        for index, other in enumerate(rows):
            if other.pk is not None and other.pk == row.pk:
                rows[index] = row
                return
        rows.append(row)

    def all_rows(self) -> Iterator[ClinicalRow]:
        """The patient and every live row, parents before children."""
        yield self.patient
        for model in CASE_MODELS:
            yield from self.of(model)


def load_cases(patients: Iterable[Patient]) -> list[Case]:
    """The cases of these patients in a fixed number of queries, within the scope in force.

    Rows of one case share their instances: a phase's ``course`` is the course of the case.
    """
    cases = {patient.pk: Case(patient) for patient in patients}
    seen: dict[tuple[type[Model], int], ClinicalRow] = {
        (Patient, case.patient.pk): case.patient for case in cases.values()
    }
    for model in CASE_MODELS:
        query = (
            model.objects.filter(**{f"{model.patient_path}__in": list(cases)})
            .select_related(*_FOLLOWED.get(model.__name__, ()))
            .annotate(owner_id=F(f"{model.patient_path}_id"))
            .order_by("pk")
        )
        for row in query:
            seen[model, row.pk] = row
            for relation in model._meta.concrete_fields:
                parent = relation.related_model
                if isinstance(parent, type) and (parent, getattr(row, relation.attname)) in seen:
                    setattr(row, relation.name, seen[parent, getattr(row, relation.attname)])
            cases[row.owner_id].rows.setdefault(model, []).append(row)
    return list(cases.values())


def load_case(patient: Patient) -> Case:
    """The case of one patient, within the scope in force."""
    return load_cases([patient])[0]
