"""Triggers of the answers' tables, laid anew after every migration."""

from __future__ import annotations

from typing import Any

from django.db import connections

from registry import append_only, integrity
from registry.database import lay
from registry.integrity import IntegrityRule, exists

SNAPSHOTS = "analytics_snapshot"
APPEND_ONLY = {SNAPSHOTS: ("snapshots", "a snapshot is not changed and not removed")}
RULES = (
    IntegrityRule(
        "snapshot_numbers_are_consecutive",
        SNAPSHOTS,
        "NEW.number > 1 AND NOT "
        + exists(SNAPSHOTS, "r.study_id = NEW.study_id AND r.number = NEW.number - 1"),
        "the snapshots of a study are numbered one after the other",
        ("INSERT",),
    ),
)


def prepare_database(*, using: str = "default", **_: Any) -> None:
    """Lay the triggers where the table is there. Safe to repeat.

    Raises:
        RuntimeError: on a database that is neither SQLite nor PostgreSQL.
    """
    connection = connections[using]
    if SNAPSHOTS not in connection.introspection.table_names():
        return  # migrated only in part
    lay(
        connection,
        sqlite=lambda: [
            *append_only.sqlite_statements(APPEND_ONLY),
            *integrity.sqlite_statements(RULES),
        ],
        postgresql=lambda: [
            *append_only.postgresql_statements(APPEND_ONLY),
            *integrity.postgresql_statements(RULES),
        ],
    )
