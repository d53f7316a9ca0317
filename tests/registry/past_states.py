"""All rows of a patient as plain values: of the tables now, and of a rebuilt state."""

from __future__ import annotations

from typing import Any

from registry import keyring
from registry.case import CASE_MODELS
from registry.fields import EncryptedTextField
from registry.models import CLINICAL_MODELS, ClinicalRow, Identity, Patient
from registry.scope import system_scope
from registry.selectors.past_state import PastState

Held = dict[tuple[str, int], dict[str, Any]]
"""Table and key of a row → its columns."""


def held_by_the_tables(patient: Patient) -> Held:
    """All rows of a patient as the database gives them now."""
    found: Held = {}
    with system_scope():
        for model in CLINICAL_MODELS:
            path = model.patient_path or "pk"
            for row in model._base_manager.filter(**{path: patient.pk}):
                found[model.__name__, row.pk] = columns_of(row)
    return found


def held_by(state: PastState | None) -> Held:
    """All rows of a rebuilt state, the identity opened."""
    if state is None:
        return {}
    rows: list[ClinicalRow] = [state.case.patient]
    for model in CASE_MODELS:
        rows += state.case.rows.get(model, [])
    found = {(type(row).__name__, row.pk): columns_of(row) for row in rows}
    if state.sealed_identity is not None:
        opened = columns_of(state.sealed_identity)
        for field in Identity._meta.concrete_fields:
            if isinstance(field, EncryptedTextField):
                opened[field.attname] = keyring.decrypt(opened[field.attname])
        found["Identity", state.sealed_identity.pk] = opened
    return found


def columns_of(row: ClinicalRow) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
