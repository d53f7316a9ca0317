"""Identities and full birth dates that the interface shows are written down as looks."""

from __future__ import annotations

from collections.abc import Iterable

from registry.api.entities import Entity
from registry.models import ClinicalRow, Identity, Patient
from registry.selectors.own_centre import is_own_centre
from registry.services.identity_looks import record_looks

WHO = frozenset({"family_name", "given_names", "record_number", "contact"})


def note_looks(
    rows: Iterable[ClinicalRow], entity: Entity, only: frozenset[str] | None = None
) -> None:
    """The reader is shown these rows, or these fields of them."""
    if entity.model is Identity and (only is None or only & WHO):
        patients = [row.patient_id for row in rows if isinstance(row, Identity)]
    elif entity.model is Patient and (only is None or "birth_date" in only):
        patients = [row.pk for row in rows if isinstance(row, Patient) and is_identifying(row)]
    else:
        return
    record_looks(patients, place=f"api {entity.address}")


def is_identifying(patient: Patient) -> bool:
    """Whether the reader is shown more of the birth date than the year."""
    date = patient.birth_date
    return date is not None and date.month is not None and is_own_centre(patient)
