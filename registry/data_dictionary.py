"""The data dictionary, written from the models: tables, columns, types, units, codes, rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from registry.fields import EncryptedTextField, PartialDateField
from registry.integrity import RULES
from registry.models import (
    AUDITED_MODELS,
    CLINICAL_MODELS,
    AuditEvent,
    Code,
    CtcaeGrade,
    CtcaeTerm,
)

_TYPES: dict[type, str] = {
    PartialDateField: "date, maybe partial",
    EncryptedTextField: "text, encrypted",
    models.DateTimeField: "time (UTC)",
    models.DateField: "date",
    models.BooleanField: "yes/no",
    models.JSONField: "JSON",
    models.DecimalField: "number",
    models.IntegerField: "whole number",
    models.CharField: "text",
    models.TextField: "text",
}

_HEAD = """# Data dictionary

Written by `manage.py data_dictionary` from the models; do not edit by hand.

- **Dates** are kept as ISO 8601 with the precision that is known: `2021`, `2021-03`, `2021-03-14`.
- **Every clinical table** also has `missing` (field → `not_done`, `unknown`, `not_applicable` or
  `refused`), `version` (for concurrent editing), `voided_at` and `void_reason`.
- **Rules** are held by the database on SQLite and PostgreSQL, whatever the way of writing.
- **Every change** of a clinical table is written to the audit trail by a trigger.
"""

_BOOKKEEPING = frozenset({"id", "missing", "version", "voided_at", "void_reason"})


def data_dictionary() -> str:
    """The whole page as Markdown."""
    clinical = set(CLINICAL_MODELS)
    own = [model for model in AUDITED_MODELS if model._meta.app_label == "registry"]
    others = [model for model in own if model not in clinical]
    parts = [_HEAD, "## Clinical tables\n"]
    parts += [_section(model) for model in CLINICAL_MODELS]
    parts.append("## Centres, people, studies\n")
    parts += [_section(model) for model in others]
    parts.append("## Terminology and trail\n")
    parts += [_section(model) for model in (CtcaeTerm, CtcaeGrade, Code, AuditEvent)]
    return "\n".join(parts)


def _section(model: type[models.Model]) -> str:
    lines = [f"### `{model._meta.db_table.removeprefix('registry_')}`\n", _summary(model), ""]
    lines += ["| field | meaning | type | codes or reference | note |", "|---|---|---|---|---|"]
    lines += [_row(field) for field in _fields(model)]
    held = list(_held(model))
    if held:
        lines += ["", "Held by the database: " + "; ".join(held) + "."]
    refused = [rule.message for rule in RULES if rule.table == model._meta.db_table]
    if refused:
        lines += ["", "Refused: " + "; ".join(refused) + "."]
    return "\n".join([*lines, ""])


def _summary(model: type[models.Model]) -> str:
    return " ".join((model.__doc__ or "").split())


def _fields(model: type[models.Model]) -> Iterator[models.Field[Any, Any]]:
    clinical = model in CLINICAL_MODELS
    for field in model._meta.concrete_fields:
        if not field.primary_key and not (clinical and field.name in _BOOKKEEPING):
            yield field


def _row(field: models.Field[Any, Any]) -> str:
    cells = (
        f"`{field.name}`",
        str(field.verbose_name),
        _type(field),
        _codes(field),
        str(field.help_text),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _type(field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.ForeignKey):
        return "reference"
    name = next(name for kind, name in _TYPES.items() if isinstance(field, kind))
    if isinstance(field, models.DecimalField):
        name += f", {field.decimal_places} decimals"
    elif isinstance(field, models.CharField) and not field.choices:
        name += f", up to {field.max_length} characters"
    optional = field.null or field.blank
    return name if optional or field.has_default() else f"{name}; needed"


def _codes(field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.ForeignKey):
        target: Any = field.related_model
        return f"`{target._meta.db_table.removeprefix('registry_')}`"
    return ", ".join(f"`{code}` {label}" for code, label in field.choices or ())


def _held(model: type[models.Model]) -> Iterator[str]:
    for constraint in model._meta.constraints:
        # What dates and codes look like is said once, above and in the column.
        if not constraint.name.endswith(("_is_a_date", "_is_a_code")):
            yield constraint.name.removeprefix(f"{model._meta.model_name}_").replace("_", " ")
