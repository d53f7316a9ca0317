"""Triggers of the answers' tables, laid anew after every migration."""

from __future__ import annotations

from typing import Any

from django.db import connections

from registry import append_only, integrity
from registry.database import lay
from registry.integrity import IntegrityRule, exists

SNAPSHOTS = "analytics_snapshot"
DASHBOARDS = "analytics_dashboardsetting"
APPEND_ONLY = {
    SNAPSHOTS: ("snapshots", "a snapshot is not changed and not removed"),
    DASHBOARDS: ("dashboards", "a setting of a dashboard is not changed and not removed"),
}


def _consecutive(name: str, table: str, message: str) -> IntegrityRule:
    """The rows of a study are numbered one after the other."""
    before = exists(table, "r.study_id = NEW.study_id AND r.number = NEW.number - 1")
    return IntegrityRule(name, table, f"NEW.number > 1 AND NOT {before}", message, ("INSERT",))


RULES = (
    _consecutive(
        "snapshot_numbers_are_consecutive",
        SNAPSHOTS,
        "the snapshots of a study are numbered one after the other",
    ),
    _consecutive(
        "dashboard_numbers_are_consecutive",
        DASHBOARDS,
        "the settings of a dashboard are numbered one after the other",
    ),
)


def prepare_database(*, using: str = "default", **_: Any) -> None:
    """Lay the triggers where the tables are there. Safe to repeat.

    Raises:
        RuntimeError: on a database that is neither SQLite nor PostgreSQL.
    """
    connection = connections[using]
    if not set(APPEND_ONLY) <= set(connection.introspection.table_names()):
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
