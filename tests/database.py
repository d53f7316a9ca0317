"""Empties the database after tests that commit.

Django's own way flushes every table and runs the migration signals again. Here the audit trail
refuses to be emptied, and loading the terminology again would cost half a second a test: the
triggers are taken off, every table but the shipped ones is emptied, and they are laid again.
"""

from __future__ import annotations

from typing import Any

from django.core.management.color import no_style
from django.db import connections, transaction
from django.test import TransactionTestCase

from analytics import database as answers
from registry.audit import triggers
from registry.database import install_triggers

KEPT_TABLES = frozenset(
    {
        "registry_ctcaeterm",
        "registry_ctcaegrade",
        "registry_code",
        "django_content_type",
        "auth_permission",
    }
)


def empty_database(using: str = "default") -> None:
    """Remove every row that a test may have committed."""
    connection = connections[using]
    tables = [
        table
        for table in connection.introspection.django_table_names(only_existing=True)
        if table not in KEPT_TABLES
    ]
    with transaction.atomic(using=using):
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                for (name,) in cursor.fetchall():
                    cursor.execute(f"DROP TRIGGER {name}")
            else:
                append_only = triggers.APPEND_ONLY | answers.APPEND_ONLY
                for table, (title, _message) in append_only.items():
                    cursor.execute(f"DROP TRIGGER {title}_refuses_truncate ON {table}")
        # Cascading: a table of an app that is not used may still point to one of ours.
        flush = connection.ops.sql_flush(
            no_style(), tables, reset_sequences=True, allow_cascade=True
        )
        for statement in flush:
            with connection.cursor() as cursor:
                cursor.execute(statement)
        install_triggers(using)
        answers.prepare_database(using=using)


def _teardown(self: Any) -> None:
    for using in self._databases_names(include_mirrors=False):
        empty_database(using)


def install() -> None:
    """Use :func:`empty_database` after every test that commits."""
    TransactionTestCase._fixture_teardown = _teardown  # type: ignore[attr-defined]
