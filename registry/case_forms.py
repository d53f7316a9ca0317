"""What a form of a case is: a first row, and the rows that hang on it.

A course is one form with its targets, phases and organ doses; an assessment with its imaging and
responses; every other row is a form of its own. An identity is no form: it is not study data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from registry.case import Case
from registry.models import CLINICAL_MODELS, ClinicalRow, Identity, Patient
from registry.models.marks import WHOLE_CASE

FORM_MODELS: tuple[type[ClinicalRow], ...] = tuple(
    model for model in CLINICAL_MODELS if model is not Identity
)
"""Tables whose rows belong to forms."""


@dataclass(frozen=True)
class FormKey:
    """A form of a patient: table and key of its first row, or the whole case."""

    entity: str
    row_id: int

    @property
    def is_whole_case(self) -> bool:
        """True for everything on the patient."""
        return self.entity == WHOLE_CASE


def whole_case(patient: Patient) -> FormKey:
    """Everything on the patient as one form."""
    return FormKey(WHOLE_CASE, patient.pk)


def way_to_root(model: type[ClinicalRow]) -> tuple[str, ...]:
    """Names of the fields that lead from a row to its form's first row; none for a first row."""
    return tuple(name for name in model.patient_path.split("__")[:-1] if name)


def root_of(row: ClinicalRow) -> ClinicalRow:
    """The first row of the form that a row belongs to."""
    current: Any = row
    for name in way_to_root(type(row)):
        current = getattr(current, name)
    return current  # type: ignore[no-any-return]


def key_of(row: ClinicalRow) -> FormKey:
    """The form that a saved row belongs to."""
    root = root_of(row)
    return FormKey(root.entity(), root.pk)


def rows_of(case: Case, key: FormKey) -> list[ClinicalRow]:
    """The live rows of a form, parents before children; empty when there is no such form."""
    rows = (row for row in case.all_rows() if type(row) in FORM_MODELS)
    return [row for row in rows if key.is_whole_case or key_of(row) == key]


def first_rows(case: Case) -> dict[FormKey, ClinicalRow]:
    """Every form of a case with its first row, parents before children."""
    rows = (row for row in case.all_rows() if type(row) in FORM_MODELS)
    return {key_of(row): row for row in rows if not way_to_root(type(row))}


def root_expression(model: type[ClinicalRow], row: str) -> str:
    """SQL for the key of the form's first row of ``row`` (NEW or OLD)."""
    first, *rest = (*way_to_root(model), "id")
    field: Any = model._meta.get_field(first)
    expression = f"{row}.{field.column}"
    for name in rest:
        table = field.related_model._meta.db_table
        if name == "id":
            break
        field = field.related_model._meta.get_field(name)
        expression = f"(SELECT {field.column} FROM {table} WHERE id = {expression})"
    return expression


def root_entity(model: type[ClinicalRow]) -> str:
    """The table of the first row of the forms that the model's rows belong to."""
    current: type[models.Model] = model
    for name in way_to_root(model):
        current = current._meta.get_field(name).related_model  # type: ignore[assignment]
    assert issubclass(current, ClinicalRow)
    return current.entity()
