"""Tables that grow only: triggers that refuse every change of a row that is there.

For SQLite and PostgreSQL. Only names of our own tables are put into the statements.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

AppendOnly = Mapping[str, tuple[str, str]]
"""Table → name of its triggers, and what they say."""


def sqlite_statements(tables: AppendOnly) -> Iterator[str]:
    """Drop-and-create statements for SQLite."""
    for table, (title, message) in tables.items():
        for operation in ("UPDATE", "DELETE"):
            name = f"{title}_refuses_{operation.lower()}"
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield (
                f"CREATE TRIGGER {name} BEFORE {operation} ON {table} BEGIN "
                f"SELECT RAISE(ABORT, '{message}'); END"
            )


def postgresql_statements(tables: AppendOnly) -> Iterator[str]:
    """Create-or-replace statements for PostgreSQL; TRUNCATE is refused too."""
    for table, (title, message) in tables.items():
        yield (
            f"CREATE OR REPLACE FUNCTION {title}_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {title}_refuses_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {title}_refuses()"
        )
        yield (
            f"CREATE OR REPLACE TRIGGER {title}_refuses_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {title}_refuses()"
        )
