"""The triggers that write the audit trail, made from the models, for SQLite and PostgreSQL.

They are laid anew after every migration: SQLite drops the triggers of a table that it remakes, and
the recorded columns follow the model. A database reached without Django (the ``sqlite3`` shell)
does not know the function that the SQLite triggers call, so a write there fails instead of passing
unrecorded. Only names of our own tables and columns are put into the statements.

On PostgreSQL the functions run with the rights of their owner: who may only read the trail writes
into it by changing a recorded row, and in no other way (see :mod:`registry.database_roles`).
"""

from __future__ import annotations

from typing import Any

from django.db import models

from registry import append_only
from registry.audit.context import SQLITE_FUNCTION
from registry.models import AUDITED_MODELS, UNRECORDED_COLUMNS, AuditEvent, IdentityLook

TRAIL = AuditEvent._meta.db_table
APPEND_ONLY = {
    TRAIL: ("audit_trail", "the audit trail is append-only"),
    IdentityLook._meta.db_table: ("identity_looks", "looks at identities are append-only"),
}
OPERATIONS = {"I": "INSERT", "U": "UPDATE", "D": "DELETE"}


def patient_expression(model: type[models.Model], row: str) -> str:
    """SQL for the patient of ``row`` (NEW or OLD): follows ``patient_path`` from key to key."""
    path = getattr(model, "patient_path", None)
    if path is None:
        return "NULL"
    if path == "":
        return f"{row}.id"
    first, *rest = path.split("__")
    if not any(field.name == first for field in model._meta.fields):
        return "NULL"
    field: Any = model._meta.get_field(first)
    expression = f"{row}.{field.column}"
    for name in rest:
        table = field.related_model._meta.db_table
        field = field.related_model._meta.get_field(name)
        expression = f"(SELECT {field.column} FROM {table} WHERE id = {expression})"
    return expression


def sqlite_statements() -> list[str]:
    """Drop-and-create statements of all audit triggers for SQLite."""
    statements = []
    for model in AUDITED_MODELS:
        table = model._meta.db_table
        for letter, operation in OPERATIONS.items():
            row = "OLD" if letter == "D" else "NEW"
            old = "NULL" if letter == "I" else _sqlite_json(model, "OLD")
            new = "NULL" if letter == "D" else _sqlite_json(model, "NEW")
            name = f"audit_{table}_{operation.lower()}"
            statements += [
                f"DROP TRIGGER IF EXISTS {name}",
                f"CREATE TRIGGER {name} AFTER {operation} ON {table} "
                f"{_if_told(model, letter, old, new)}BEGIN "
                f'INSERT INTO {TRAIL} (at, actor_id, reason, origin, operation, "table", '
                "row_id, patient_id, old, new) VALUES ("
                "strftime('%Y-%m-%d %H:%M:%f', 'now'), "
                f"{SQLITE_FUNCTION}('actor'), {SQLITE_FUNCTION}('reason'), "
                f"{SQLITE_FUNCTION}('origin'), '{letter}', '{table}', {row}.id, "
                f"{patient_expression(model, row)}, {old}, {new}); END",
            ]
    return [*statements, *append_only.sqlite_statements(APPEND_ONLY)]


def _if_told(model: type[models.Model], letter: str, old: str, new: str) -> str:
    """Of tables with columns that are left out: an update of only these is not recorded."""
    if letter != "U" or model not in UNRECORDED_COLUMNS:
        return ""
    return f"WHEN {old} <> {new} "


def _sqlite_json(model: type[models.Model], row: str) -> str:
    pairs = []
    for field in model._meta.concrete_fields:
        if field.column in UNRECORDED_COLUMNS.get(model, ()):
            continue
        value = f'{row}."{field.column}"'
        if isinstance(field, models.JSONField):
            value = f"json({value})"
        elif isinstance(field, models.BooleanField):
            value = f"json(CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
        pairs.append(f"'{field.column}', {value}")
    return f"json_object({', '.join(pairs)})"


def postgresql_statements(schema: str = "public") -> list[str]:
    """Create-or-replace statements of all audit functions and triggers for PostgreSQL.

    Args:
        schema: where the registry's tables lie, as an identifier of PostgreSQL.
    """
    statements = []
    for model in AUDITED_MODELS:
        table = model._meta.db_table
        branches = []
        for letter, operation in OPERATIONS.items():
            row = "OLD" if letter == "D" else "NEW"
            old = "NULL" if letter == "I" else _postgresql_json(model, "OLD")
            new = "NULL" if letter == "D" else _postgresql_json(model, "NEW")
            changed = f" AND {old} <> {new}" if _if_told(model, letter, old, new) else ""
            branches.append(
                f"IF TG_OP = '{operation}'{changed} THEN "
                f'INSERT INTO {TRAIL} (at, actor_id, reason, origin, operation, "table", '
                "row_id, patient_id, old, new) VALUES (clock_timestamp(), "
                "nullif(current_setting('registry.actor', true), '')::bigint, "
                "coalesce(current_setting('registry.reason', true), ''), "
                "coalesce(current_setting('registry.origin', true), ''), "
                f"'{letter}', '{table}', {row}.id, {patient_expression(model, row)}, "
                f"{old}, {new}); END IF;"
            )
        statements += [
            # A fixed search path, temporary tables last: nobody can put a table of their own in the
            # place of one that the function reads or writes with its owner's rights.
            f"CREATE OR REPLACE FUNCTION audit_{table}() RETURNS trigger LANGUAGE plpgsql "
            f"SECURITY DEFINER SET search_path = pg_catalog, {schema}, pg_temp AS "
            f"$$ BEGIN {' '.join(branches)} RETURN NULL; END $$",
            # Or anybody could lay it on a table of their own and forge events with it.
            f"REVOKE ALL ON FUNCTION audit_{table}() FROM PUBLIC",
            f"CREATE OR REPLACE TRIGGER audit_{table} AFTER INSERT OR UPDATE OR DELETE "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION audit_{table}()",
        ]
    return [*statements, *append_only.postgresql_statements(APPEND_ONLY)]


def _postgresql_json(model: type[models.Model], row: str) -> str:
    left_out = "".join(f" - '{name}'" for name in sorted(UNRECORDED_COLUMNS.get(model, ())))
    return f"(to_jsonb({row}){left_out})"
