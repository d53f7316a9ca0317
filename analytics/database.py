"""Triggers of the answers' tables, laid anew after every migration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connections

from registry import append_only, integrity
from registry.database import lay
from registry.integrity import IntegrityRule, exists

SNAPSHOTS = "analytics_snapshot"
DASHBOARDS = "analytics_dashboardsetting"
SAFETY_RULES = "analytics_safetyrule"
SAFETY_ALERTS = "analytics_safetyalert"
APPEND_ONLY = {
    SNAPSHOTS: ("snapshots", "a snapshot is not changed and not removed"),
    DASHBOARDS: ("dashboards", "a setting of a dashboard is not changed and not removed"),
}
RULE_COLUMNS = ("study_id", "kind", "attribution", "endpoint_code", "made_at")
RULE_NUMBERS = (
    "grade",
    "within_days",
    "limit_percent",
    "months",
    "planned_percent",
    "least_patients",
    "made_by_id",
)


def changed(*columns: str, may_be_empty: Iterable[str] = ()) -> str:
    """SQL: one of the columns is another one after the write."""
    plain = (f"NEW.{name} <> OLD.{name}" for name in columns)
    numbers = (f"COALESCE(NEW.{name}, -1) <> COALESCE(OLD.{name}, -1)" for name in may_be_empty)
    return " OR ".join([*plain, *numbers])


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
    IntegrityRule(
        "safety_rule_never_changed",
        SAFETY_RULES,
        changed(*RULE_COLUMNS, may_be_empty=RULE_NUMBERS) + " OR OLD.ended_at IS NOT NULL",
        "a safety rule is not changed: end it and make another one",
        ("UPDATE",),
    ),
    IntegrityRule(
        "safety_alert_never_changed",
        SAFETY_ALERTS,
        changed(
            "rule_id",
            "look",
            "raised_at",
            may_be_empty=("patient_id", "toxicity_id", "crossing"),
        )
        + " OR (OLD.acknowledged_at IS NOT NULL AND ("
        + changed("note", "acknowledged_by_id")
        + " OR NEW.acknowledged_at IS NULL))",
        "a safety alert stays as it was raised, and as it was acknowledged",
        ("UPDATE",),
    ),
    *(
        IntegrityRule(
            f"{name}_never_deleted",
            table,
            "OLD.id IS NOT NULL",
            "safety rules and alerts are never deleted",
            ("DELETE",),
        )
        for name, table in (("safety_rule", SAFETY_RULES), ("safety_alert", SAFETY_ALERTS))
    ),
)


def prepare_database(*, using: str = "default", **_: Any) -> None:
    """Lay the triggers where the tables are there. Safe to repeat.

    Raises:
        RuntimeError: on a database that is neither SQLite nor PostgreSQL.
    """
    connection = connections[using]
    needed = {*APPEND_ONLY, SAFETY_ALERTS}
    if not needed <= set(connection.introspection.table_names()):
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
