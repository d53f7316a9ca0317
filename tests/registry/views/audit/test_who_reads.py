"""Who reads which part of the trail."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from registry.audit import recorded
from registry.models import (
    AuditEvent,
    Patient,
    Screening,
    TemporaryAccess,
)
from registry.models.choices import Role
from registry.scope import scoped_to, system_scope
from registry.services.identity_looks import record_look
from tests.factories import (
    MembershipFactory,
    ScreeningFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.views.audit.reading import (
    AUDIT,
    AUDIT_CSV,
    LOOKS,
    LOOKS_CSV,
    alike,
    names,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def test_the_centre_reads_of_its_own_patients_with_the_rows_of_the_identity(client, world) -> None:
    client.force_login(data_manager(world.a))

    html = shown(client)

    assert names(html) == {"IN-A", "APART-A"}
    assert "Identity: created" in html
    assert "(encrypted)" in html
    assert "Canary" not in html


@pytest.mark.parametrize("role", [coordinator, monitor])
def test_a_study_reads_of_its_enrolled_patients_without_identities(client, world, role) -> None:
    client.force_login(role(world.study))

    html = shown(client)

    assert names(html) == {"IN-A", "IN-B"}
    assert "Identity" not in html.split("<tbody>")[1]
    assert "(encrypted)" not in html


def test_a_person_of_centre_and_study_reads_names_rows_of_the_centre_only(client, world) -> None:
    user = data_manager(world.a)
    MembershipFactory.create(user=user, role=Role.COORDINATOR, study=world.study)
    client.force_login(user)

    identities = shown(client, table="registry_identity")

    assert names(shown(client)) == {"IN-A", "IN-B", "APART-A"}
    assert names(identities) == {"IN-A", "APART-A"}


def test_those_who_keep_accounts_read_of_accounts_and_of_no_case(client, world) -> None:
    ScreeningFactory.create()
    client.force_login(administrator())

    html = shown(client)
    tables = set(AuditEvent.objects.values_list("table", flat=True))

    assert {"registry_patient", "registry_screening", "registry_user"} <= tables
    assert names(html) == set()
    assert "User: created" in html
    assert "Membership: created" in html
    assert "Patient: created" not in html
    assert "Screening" not in html
    assert shown(client, patient="IN-A").count("No change fits.") == 1


@pytest.mark.parametrize("address", [AUDIT, AUDIT_CSV, LOOKS, LOOKS_CSV])
def test_people_without_such_a_role_are_refused(client: Client, world, address) -> None:
    analyst = UserFactory.create()
    MembershipFactory.create(user=analyst, role=Role.ANALYST, study=world.study)
    guest = UserFactory.create()
    with system_scope():
        TemporaryAccess.objects.create(
            patient=world.of_a,
            user=guest,
            reason="second opinion",
            given_by=analyst,
            given_at=timezone.now(),
            ends_at=timezone.now() + dt.timedelta(days=1),
        )
    for person in (analyst, guest, UserFactory.create()):
        client.force_login(person)
        assert client.get(address).status_code == 403
    if address in (LOOKS, LOOKS_CSV):
        client.force_login(administrator())
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", [AUDIT, LOOKS])
def test_a_patient_of_another_centre_answers_like_one_that_is_not_there(
    client: Client, world, address
) -> None:
    with scoped_to(data_manager(world.b)):
        record_look(world.of_b, place="patient")
    client.force_login(data_manager(world.a))

    hidden = alike(shown(client, address, patient="IN-B"), "IN-B")
    absent = alike(shown(client, address, patient="NOBODY"), "NOBODY")

    assert "No " in hidden
    assert hidden == absent


def test_a_person_who_did_nothing_visible_answers_like_one_that_is_not_there(client, world) -> None:
    stranger = UserFactory.create(username="stranger", display_name="Stranger of B")
    with recorded(by=stranger), system_scope():
        Patient.objects.filter(pk=world.of_b.pk).update(sex="male")
    client.force_login(data_manager(world.a))

    hidden = alike(shown(client, person="stranger"), "stranger")
    absent = alike(shown(client, person="nobody"), "nobody")

    assert hidden == absent
    assert "Stranger of B" not in hidden


def test_after_a_transfer_the_trail_belongs_to_the_new_centre(client: Client, world) -> None:
    with system_scope():
        Patient.objects.filter(pk=world.apart.pk).update(centre=world.b)

    client.force_login(data_manager(world.a))
    assert names(shown(client)) == {"IN-A"}
    client.force_login(data_manager(world.b))
    assert names(shown(client)) == {"IN-B", "APART-A"}


def test_an_ended_enrolment_ends_the_study_s_reading(client: Client, world) -> None:
    with system_scope():
        world.of_b.enrolments.update(voided_at=timezone.now(), void_reason="entered twice")

    client.force_login(coordinator(world.study))

    assert names(shown(client)) == {"IN-A"}


def test_the_screening_of_a_person_who_is_no_patient_is_its_centre_s(client: Client, world) -> None:
    ScreeningFactory.create(centre=world.a, study=world.study, number=77)

    client.force_login(data_manager(world.a))
    assert "Screening 77: created" in shown(client)
    client.force_login(coordinator(world.study))
    assert "Screening 77: created" in shown(client)
    client.force_login(data_manager(world.b))
    assert "Screening 77: created" not in shown(client)


def test_a_screening_goes_with_its_patient_to_the_other_centre(client: Client, world) -> None:
    screening = ScreeningFactory.create(centre=world.a, study=world.study, number=77)
    with system_scope():
        Screening.objects.filter(pk=screening.pk).update(patient=world.apart, outcome="enrolled")
        Patient.objects.filter(pk=world.apart.pk).update(centre=world.b)

    client.force_login(data_manager(world.a))
    assert "Screening 77" not in shown(client)
    client.force_login(data_manager(world.b))
    assert "Screening 77: created" in shown(client)
