"""Two login roles of PostgreSQL beside the owner of the tables, and what each is granted.

The application's role runs the registry: it owns nothing, makes nothing, and writes the audit trail
only through the triggers. The reporting role reads study data under pseudonyms for other programs:
no identities, no full birth dates, no accounts, no trail. What is not granted here is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from registry.models import (
    CLINICAL_MODELS,
    AuditEvent,
    CaseStatus,
    Centre,
    Code,
    CtcaeGrade,
    CtcaeTerm,
    Identity,
    IdentityLook,
    Participation,
    Patient,
    ProtocolVersion,
    Study,
)

APPLICATION = "registry_app"
REPORTING = "registry_reporting"

BIRTH_YEARS = "registry_patient_birth_year"
"""View for the reporting role: patient → year of birth."""

READ_BY_APPLICATION = frozenset({AuditEvent._meta.db_table, "django_migrations"})
APPENDED_BY_APPLICATION = frozenset(
    {IdentityLook._meta.db_table, "analytics_snapshot", "analytics_dashboardsetting"}
)

READ_BY_REPORTING: tuple[type[models.Model], ...] = (
    *(model for model in CLINICAL_MODELS if model not in (Identity, Patient)),
    CaseStatus,
    Centre,
    Study,
    Participation,
    ProtocolVersion,
    CtcaeTerm,
    CtcaeGrade,
    Code,
)
"""Whole tables; of patients it reads every column but the birth date."""


class RoleRefused(Exception):
    """The roles cannot be made as asked; the message says why."""


def make_roles(
    connection: Any, *, application: str, reporting: str, passwords: dict[str, str]
) -> None:
    """Make the roles that are not there yet, and lay the grants of both anew.

    Args:
        connection: of the owner of the tables.
        passwords: role → password to set; a role without one keeps what it has.

    Raises:
        RoleRefused: the account may not do this, or a role has rights beyond its grants.
    """
    with connection.cursor() as cursor:
        _require_owner(cursor)
        for role in (application, reporting):
            _make_login(cursor, role, passwords.get(role))
            _require_harmless(cursor, role)
        for statement in _statements(cursor, application, reporting):
            cursor.execute(statement)
        _verify(cursor, application)
        _verify(cursor, reporting)


def _require_owner(cursor: Any) -> None:
    cursor.execute(
        "SELECT pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class c "
        "WHERE c.oid = to_regclass(%s)",
        [AuditEvent._meta.db_table],
    )
    row = cursor.fetchone()
    if row is None:
        raise RoleRefused("There are no tables yet: run manage.py migrate first.")
    if not row[0]:
        raise RoleRefused("DATABASE_URL must name the account that owns the tables.")


def _make_login(cursor: Any, role: str, password: str | None) -> None:
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    try:
        if cursor.fetchone() is None:
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if password:
            # Hashed here: the password itself never reaches the server or its log.
            hashed = cursor.connection.pgconn.encrypt_password(
                password.encode(), role.encode(), b"scram-sha-256"
            )
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(hashed.decode())
                )
            )
    except InsufficientPrivilege as error:
        raise RoleRefused(
            f"This account may not make or change the role {role}: give it CREATEROLE, or let an "
            f"administrator of the server run CREATE ROLE {role} LOGIN PASSWORD '…' and repeat."
        ) from error


def _require_harmless(cursor: Any, role: str) -> None:
    """Grants are worth nothing to a role that stands above them."""
    cursor.execute(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls, "
        "rolname = current_user OR EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid) "
        "OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid) "
        "FROM pg_roles r WHERE rolname = %s",
        [role],
    )
    powerful, entangled = cursor.fetchone()
    if powerful or entangled:
        raise RoleRefused(
            f"The role {role} has rights of its own (superuser, member of a role, owner): "
            "take a fresh one."
        )


def _statements(cursor: Any, application: str, reporting: str) -> Iterator[sql.Composed]:
    cursor.execute("SELECT current_database(), current_schema()")
    database, schema = (sql.Identifier(name) for name in cursor.fetchone())
    app, reader = sql.Identifier(application), sql.Identifier(reporting)

    def statement(text: str, **names: sql.Composable) -> sql.Composed:
        return sql.SQL(text).format(
            database=database, schema=schema, app=app, reader=reader, **names
        )

    # Nobody but the owner makes tables here, not even temporary ones: one of the name of a real
    # table would stand before it.
    yield statement("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    yield statement("REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    for role in (app, reader):
        yield statement("GRANT CONNECT ON DATABASE {database} TO {role}", role=role)
        yield statement("GRANT USAGE ON SCHEMA {schema} TO {role}", role=role)
        yield statement("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}", role=role)
        yield statement("REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}", role=role)
    for table in _tables(cursor):
        rights = "SELECT, INSERT, UPDATE, DELETE"
        if table in READ_BY_APPLICATION:
            rights = "SELECT"
        elif table in APPENDED_BY_APPLICATION:
            rights = "SELECT, INSERT"
        yield statement(
            f"GRANT {rights} ON {{schema}}.{{table}} TO {{app}}", table=sql.Identifier(table)
        )
    for model in READ_BY_REPORTING:
        yield statement(
            "GRANT SELECT ON {schema}.{table} TO {reader}",
            table=sql.Identifier(model._meta.db_table),
        )
    columns: list[Any] = [
        sql.Identifier(str(field.column))
        for field in Patient._meta.concrete_fields
        if field.name != "birth_date"
    ]
    patients, years = sql.Identifier(Patient._meta.db_table), sql.Identifier(BIRTH_YEARS)
    yield statement(
        "GRANT SELECT ({columns}) ON {schema}.{patients} TO {reader}",
        columns=sql.SQL(", ").join(columns),
        patients=patients,
    )
    yield statement(
        "CREATE OR REPLACE VIEW {schema}.{years} AS SELECT id AS patient_id, "
        "substr(birth_date, 1, 4) AS birth_year FROM {schema}.{patients}",
        years=years,
        patients=patients,
    )
    yield statement("GRANT SELECT ON {schema}.{years} TO {reader}", years=years)


def _tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
    )
    return [name for (name,) in cursor.fetchall()]


def _verify(cursor: Any, role: str) -> None:
    """What PUBLIC or an older grant may still give, looked up in the server itself."""
    trail = AuditEvent._meta.db_table
    cursor.execute(
        "SELECT has_database_privilege(%(role)s, current_database(), 'CREATE, TEMPORARY') "
        "OR has_schema_privilege(%(role)s, current_schema(), 'CREATE') "
        "OR has_table_privilege(%(role)s, %(trail)s, "
        "'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')",
        {"role": role, "trail": trail},
    )
    if cursor.fetchone()[0]:
        raise RoleRefused(
            f"The role {role} may still make tables or write into the audit trail: run this as the "
            "owner of the database and of its schema."
        )
