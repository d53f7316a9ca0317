"""PostgreSQL keeps the promises of the trail and of identities against the application itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from registry.models import AuditEvent, Enrolment, Identity, IdentityLook, Patient, Surgery
from registry.scope import scoped_to, system_scope
from registry.services import records
from registry.services.identity_looks import record_look
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    IdentityFactory,
    PatientFactory,
    data_manager,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services(only=True)]

PASSWORD = "a role's password of the tests"


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Both roles, under names of this database only; gone after the test."""
    database = connection.settings_dict["NAME"]
    names = {"application": f"{database}_app", "reporting": f"{database}_reporting"}
    monkeypatch.setenv("APPLICATION_ROLE_PASSWORD", PASSWORD)
    monkeypatch.setenv("REPORTING_ROLE_PASSWORD", PASSWORD)
    try:
        call_command("database_roles", **names, verbosity=0)
        yield names
    finally:
        for name in names.values():
            execute(f'DROP OWNED BY "{name}"')
            execute(f'DROP ROLE "{name}"')
        execute(f'GRANT TEMPORARY ON DATABASE "{database}" TO PUBLIC')
        execute("DROP VIEW registry_patient_birth_year")


@contextmanager
def signed_in_as(role: str) -> Iterator[None]:
    """The block's queries are sent by a connection of that login role."""
    owner = connection.settings_dict.copy()
    connection.close()
    connection.settings_dict.update(USER=role, PASSWORD=PASSWORD)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(owner)


def execute(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


def refused(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied|must be owner"):
        execute(statement)


def test_the_registry_works_as_the_application_and_is_recorded(roles) -> None:
    patient = IdentityFactory.create(family_name="Before").patient
    person = data_manager(patient.centre)

    with signed_in_as(roles["application"]):
        assert execute("SELECT current_user, session_user") == [(roles["application"],) * 2]
        surgery = records.create(
            Surgery, by=person, patient=patient, number=1, procedure="wide_excision"
        )
        records.change(surgery, by=person, reason="typing error", version=1, procedure="amputation")
        with system_scope():
            identity = Identity.objects.get(patient=patient)
        records.change(identity, by=person, reason="spelling", version=1, family_name="After")
        with scoped_to(person):
            record_look(patient, place="test")

    events = AuditEvent.objects.filter(table="registry_surgery", row_id=surgery.pk)
    assert [(event.operation, event.actor_id, event.reason) for event in events] == [
        ("I", person.pk, ""),
        ("U", person.pk, "typing error"),
    ]
    assert AuditEvent.objects.filter(table="registry_identity", reason="spelling").count() == 1
    assert IdentityLook._base_manager.filter(user=person, patient=patient).count() == 1
    with system_scope():
        assert Identity.objects.get(patient=patient).family_name == "After"


FORGERIES = {
    "insert": 'INSERT INTO registry_auditevent (at, reason, origin, operation, "table", row_id) '
    "VALUES (now(), '', '', 'I', 'registry_patient', 1)",
    "update": "UPDATE registry_auditevent SET reason = 'forged'",
    "delete": "DELETE FROM registry_auditevent",
    "truncate": "TRUNCATE registry_auditevent",
    "truncate what is recorded": "TRUNCATE registry_patient CASCADE",
    "disable the trail's triggers": "ALTER TABLE registry_auditevent DISABLE TRIGGER ALL",
    "disable a trigger": "ALTER TABLE registry_patient DISABLE TRIGGER audit_registry_patient",
    "drop a trigger": "DROP TRIGGER audit_registry_patient ON registry_patient",
    "drop a function": "DROP FUNCTION audit_registry_patient CASCADE",
    "replace a function": "CREATE OR REPLACE FUNCTION audit_registry_patient() RETURNS trigger "
    "LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "drop the trail": "DROP TABLE registry_auditevent",
    "own the trail": "ALTER TABLE registry_auditevent OWNER TO CURRENT_USER",
    "rule away": "CREATE RULE forged AS ON INSERT TO registry_patient DO INSTEAD NOTHING",
    "session without triggers": "SET session_replication_role = replica",
    "a trigger of one's own": "CREATE TRIGGER forged AFTER INSERT ON registry_draft FOR EACH ROW "
    "EXECUTE FUNCTION audit_registry_patient()",
    "a table of one's own": "CREATE TABLE forged (id bigint)",
    "a temporary table": "CREATE TEMPORARY TABLE registry_formmark (id bigint)",
    "looks changed": "UPDATE registry_identitylook SET place = 'forged'",
    "looks deleted": "DELETE FROM registry_identitylook",
    "migrations": "DELETE FROM django_migrations",
    "become the owner": "SET ROLE postgres",
}


def test_the_application_can_neither_change_the_trail_nor_switch_it_off(roles) -> None:
    PatientFactory.create()
    before = list(AuditEvent.objects.values_list())

    with signed_in_as(roles["application"]):
        for statement in FORGERIES.values():
            refused(statement)

    assert list(AuditEvent.objects.values_list()) == before


def test_rules_between_tables_hold_for_the_application(roles) -> None:
    enrolment = EnrolmentFactory.create()

    with (
        signed_in_as(roles["application"]),
        system_scope(),
        pytest.raises(IntegrityError, match="protocol_version_in_use"),
        transaction.atomic(),
    ):
        execute("UPDATE registry_protocolversion SET source = source || ' '")
    with system_scope():
        assert Enrolment.objects.filter(pk=enrolment.pk).exists()


HIDDEN_FROM_REPORTING = (
    "registry_identity",
    "registry_identitylook",
    "registry_draft",
    "registry_importpiece",
    "registry_auditevent",
    "registry_user",
    "registry_apitoken",
    "registry_membership",
    "django_session",
    "mfa_authenticator",
    "axes_accessattempt",
    "registry_a_table_of_tomorrow",
)


def test_reporting_reads_study_data_without_identities(roles) -> None:
    enrolment = EnrolmentFactory.create(patient__birth_date="1961-07-23")
    IdentityFactory.create(patient=enrolment.patient)
    present = set(connection.introspection.table_names())

    with signed_in_as(roles["reporting"]):
        for table in HIDDEN_FROM_REPORTING:
            if table in present:
                refused(f"SELECT count(*) FROM {table}")
        refused("SELECT birth_date FROM registry_patient")
        refused("SELECT * FROM registry_patient")
        assert execute(
            "SELECT p.pseudonym, b.birth_year, e.enrolled_on FROM registry_patient p "
            "JOIN registry_patient_birth_year b ON b.patient_id = p.id "
            "JOIN registry_enrolment e ON e.patient_id = p.id"
        ) == [(enrolment.patient.pseudonym, "1961", "2023-12-01")]
        for statement in (
            "UPDATE registry_patient SET sex = 'male'",
            "DELETE FROM registry_enrolment",
            "INSERT INTO registry_centre (code, name, country, timezone) VALUES ('X','X','','')",
            "CREATE TABLE forged (id bigint)",
        ):
            refused(statement)


def test_every_table_that_reporting_may_read_is_one_of_its_list(roles) -> None:
    """Counted in the server, so that a grant given by other means would show."""
    readable = {
        name
        for (name,) in execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND "
            "relnamespace = 'public'::regnamespace AND "
            f"has_table_privilege('{roles['reporting']}', oid, 'SELECT')"
        )
    }
    assert "registry_course" in readable
    assert not readable & {*HIDDEN_FROM_REPORTING, "registry_patient"}
    assert {name for name in readable if not name.startswith("registry_")} == set()


def test_the_grants_can_be_renewed_and_keep_the_passwords(roles, monkeypatch) -> None:
    execute(f'GRANT DELETE ON registry_auditevent TO "{roles["application"]}"')
    monkeypatch.delenv("APPLICATION_ROLE_PASSWORD")

    call_command("database_roles", **roles, verbosity=0)

    with signed_in_as(roles["application"]):
        refused("DELETE FROM registry_auditevent")


def test_the_password_is_neither_printed_nor_sent(roles, capsys) -> None:
    call_command("database_roles", **roles)

    assert PASSWORD not in capsys.readouterr().out
    ((stored,),) = execute(
        f"SELECT rolpassword FROM pg_authid WHERE rolname = '{roles['application']}'"
    )
    assert stored.startswith("SCRAM-SHA-256$")


def test_a_role_above_the_grants_is_refused(roles) -> None:
    execute(f'ALTER ROLE "{roles["reporting"]}" CREATEDB')
    with pytest.raises(CommandError, match="take a fresh one"):
        call_command("database_roles", **roles)
    execute(f'ALTER ROLE "{roles["reporting"]}" NOCREATEDB')
    execute(f'GRANT "{roles["reporting"]}" TO "{roles["application"]}"')
    with pytest.raises(CommandError, match="take a fresh one"):
        call_command("database_roles", **roles)


def test_only_the_owner_makes_the_roles(roles) -> None:
    with (
        signed_in_as(roles["application"]),
        pytest.raises(CommandError, match="owns the tables"),
    ):
        call_command("database_roles", **roles)


def test_data_managers_of_other_centres_are_refused_by_the_services_all_the_same(roles) -> None:
    """The role of the database is one for all people: who may what stays with the registry."""
    patient = PatientFactory.create()
    stranger = data_manager(CentreFactory.create())

    with signed_in_as(roles["application"]), scoped_to(stranger):
        assert not Patient.objects.filter(pk=patient.pk).exists()
