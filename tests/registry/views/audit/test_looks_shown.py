"""Who looked at which identity, as a list."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import (
    IdentityLook,
)
from registry.scope import scoped_to
from registry.services.identity_looks import record_look
from tests.factories import (
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.views.audit.reading import (
    AUDIT,
    LOOKS,
    LOOKS_CSV,
    World,
    names,
    rows_of,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def looked(world) -> World:
    """Each centre's data manager has opened the page of its patient."""
    for patient in (world.of_a, world.of_b):
        user = data_manager(patient.centre, username=f"reader-{patient.centre.code.lower()}")
        with scoped_to(user):
            record_look(patient, place="patient")
    return world


def test_the_centre_sees_who_looked_at_its_patients(client: Client, looked) -> None:
    client.force_login(data_manager(looked.a))

    html = shown(client, LOOKS)

    assert names(html) == {"IN-A"}
    assert "reader-a" in html
    assert "Page of the patient" in html
    assert "Canary" not in html


def test_a_study_sees_who_looked_at_its_patients_and_not_at_whom(client: Client, looked) -> None:
    client.force_login(coordinator(looked.study))

    header, *lines = rows_of(client, LOOKS_CSV)

    assert names(shown(client, LOOKS)) == {"IN-A", "IN-B"}
    assert header == ["When (UTC)", "Who", "Patient", "Where"]
    assert [line[1:] for line in lines] == [
        ["reader-b", "IN-B", "Page of the patient"],
        ["reader-a", "IN-A", "Page of the patient"],
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"patient": "IN-A"}, {"IN-A"}),
        ({"person": "reader-b"}, {"IN-B"}),
        ({"person": "reader-b", "patient": "IN-A"}, set()),
        ({"person": "The registry itself"}, set()),
        ({"first_day": "2020-01-01", "last_day": "2020-12-31"}, set()),
    ],
)
def test_looks_are_cut_by_patient_person_and_day(client: Client, looked, query, found) -> None:
    client.force_login(monitor(looked.study))

    assert names(shown(client, LOOKS, **query)) == found


def test_to_read_who_looked_is_no_look(client: Client, looked) -> None:
    client.force_login(data_manager(looked.a))
    shown(client, LOOKS)
    shown(client)
    rows_of(client)

    assert IdentityLook._base_manager.count() == 2


def test_who_reads_audits_finds_them_in_the_navigation(client: Client, world) -> None:
    link = f'href="{AUDIT}"'
    home = reverse("registry:home")
    for person in (data_manager(world.a), coordinator(world.study), administrator()):
        client.force_login(person)
        assert link in client.get(home).content.decode()
    client.force_login(UserFactory.create())
    assert link not in client.get(home).content.decode()
