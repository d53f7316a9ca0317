"""What an import wants written, before it is known what of it is new, changed or already there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from registry.models import ClinicalRow, Patient
from registry.models.base import PatientRow

Key = tuple[int, ...]
"""Numbers that tell a row apart within its patient: (course, phase), () for a death."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One row as a source states it.

    ``values`` and ``missing`` (reasons) speak of the fields that the source says something about;
    other fields stay as they are. ``links`` name the rows it points to by table and key; ``origin``
    is whatever the caller needs to find the place in the source again.
    """

    model: type[ClinicalRow]
    key: Key
    values: dict[str, Any]
    missing: dict[str, str] = field(default_factory=dict)
    links: dict[str, tuple[type[ClinicalRow], Key]] = field(default_factory=dict)
    origin: Any = None


@dataclass(slots=True)
class CaseDraft:
    """Everything that a source states about one patient.

    ``patient`` is None when the source has rows of a patient but not the patient; ``rows`` stand in
    the order in which they are written, parents before children. The empty pseudonym stands for
    people who were screened and did not become patients.
    """

    pseudonym: str
    patient: Draft | None = None
    rows: list[Draft] = field(default_factory=list)

    def drafts(self) -> Iterator[Draft]:
        """The patient, where stated, and the rows."""
        if self.patient is not None:
            yield self.patient
        yield from self.rows


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is not written; ``field`` is "" when it is about the row as a whole."""

    origin: Any
    field: str
    reason: str


def natural_key(row: ClinicalRow) -> Key:
    """The key of a row within its patient (CDISC --SEQ, led by those of the rows above it)."""
    if isinstance(row, PatientRow):
        return (row.number,)
    above, _, further = row.patient_path.partition("__")
    key = natural_key(getattr(row, above)) if further else ()
    number = getattr(row, "number", None)
    if number is not None:
        return (*key, number)
    return (*key, *(getattr(row, name).number for name in _joined(type(row), above)))


def _joined(model: type[ClinicalRow], above: str) -> list[str]:
    """Names of the links that tell rows without a number apart: the lesion of a target."""
    return [
        link.name
        for link in model._meta.concrete_fields
        if isinstance(link.related_model, type)
        and issubclass(link.related_model, ClinicalRow)
        and link.related_model is not Patient
        and link.name != above
        and not link.null
    ]
