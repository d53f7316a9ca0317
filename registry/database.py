"""What a migrated database needs beside its tables: triggers and the shipped terminology."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.models import Model

from registry import integrity

Statements = Callable[[], list[str]]


def prepare_database(*, using: str, **_: Any) -> None:
    """Lay the triggers anew and load terminology that is not there yet. Safe to repeat."""
    from registry.models import AUDITED_MODELS, AuditEvent, Code
    from registry.services.shipped_terminology import load_shipped_terminology

    connection = connections[using]
    needed_models: tuple[type[Model], ...] = (*AUDITED_MODELS, AuditEvent, Code)
    needed = {model._meta.db_table for model in needed_models}
    if not needed <= set(connection.introspection.table_names()):
        return  # migrated only in part: nothing to lay triggers on yet
    install_triggers(using)
    load_shipped_terminology(using=using)


def install_triggers(using: str = "default") -> None:
    """(Re)create audit and integrity triggers.

    Raises:
        RuntimeError: on a database that is neither SQLite nor PostgreSQL.
    """
    from registry.audit import triggers
    from registry.locks import lock_rules

    rules = (*integrity.RULES, *lock_rules())
    connection = connections[using]
    lay(
        connection,
        sqlite=lambda: [*triggers.sqlite_statements(), *integrity.sqlite_statements(rules)],
        postgresql=lambda: [
            *triggers.postgresql_statements(_schema(connection)),
            *integrity.postgresql_statements(rules),
        ],
    )


def lay(connection: Any, *, sqlite: Statements, postgresql: Statements) -> None:
    """Execute the statements that are written for this database.

    Raises:
        RuntimeError: on a database that is neither SQLite nor PostgreSQL.
    """
    written = {"sqlite": sqlite, "postgresql": postgresql}
    if connection.vendor not in written:
        raise RuntimeError(f"no triggers for {connection.vendor}: use SQLite or PostgreSQL")
    statements = written[connection.vendor]()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _schema(connection: Any) -> str:
    """Name of the schema in which this connection makes and finds tables, quoted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (name,) = cursor.fetchone()
    return str(name)
