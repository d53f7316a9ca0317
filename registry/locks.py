"""Locked forms hold against every way of writing: rules that the database keeps."""

from __future__ import annotations

from registry.audit.triggers import patient_expression
from registry.case_forms import FORM_MODELS, root_entity, root_expression
from registry.integrity import IntegrityRule
from registry.models import ClinicalRow, FormMark
from registry.models.choices import MarkKind
from registry.models.marks import WHOLE_CASE

MESSAGE = "the form is locked: a coordinator of the study unlocks it"


def lock_rules() -> tuple[IntegrityRule, ...]:
    """One rule per clinical table and kind of write: not while the form or the case is locked."""
    rules = []
    for model in FORM_MODELS:
        name, table = model._meta.model_name, model._meta.db_table
        old, new = _is_locked(model, "OLD"), _is_locked(model, "NEW")
        rules += [
            IntegrityRule(f"{name}_locked", table, new, MESSAGE, ("INSERT",)),
            # Neither into a locked form nor out of one.
            IntegrityRule(
                f"{name}_locked_unchanged", table, f"({old}) OR ({new})", MESSAGE, ("UPDATE",)
            ),
            IntegrityRule(f"{name}_locked_kept", table, old, MESSAGE, ("DELETE",)),
        ]
    return tuple(rules)


def _is_locked(model: type[ClinicalRow], row: str) -> str:
    """SQL: the form of ``row`` (NEW or OLD), or the whole case, is locked."""
    return (
        f"EXISTS (SELECT 1 FROM {FormMark._meta.db_table} r "
        f"WHERE r.kind = '{MarkKind.LOCKED}' AND r.ended_at IS NULL "
        f"AND r.patient_id = {patient_expression(model, row)} "
        f"AND (r.entity = '{WHOLE_CASE}' OR (r.entity = '{root_entity(model)}' "
        f"AND r.row_id = {root_expression(model, row)})))"
    )
