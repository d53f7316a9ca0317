"""Who was shown an identity is written down, wherever it is shown, and only there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import IdentityLook, Patient, Study, User
from registry.scope import scoped_to, system_scope
from registry.services import drafts
from registry.services.identity_looks import record_look, record_looks
from tests.factories import (
    EnrolmentFactory,
    IdentityFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
)
from tests.registry.entry.conftest import fields_of

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    """A patient of the study with a name."""
    patient = PatientFactory.create(pseudonym="P-1")
    ParticipationFactory.create(study=study, centre=patient.centre)
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    IdentityFactory.create(patient=patient, record_number="CANARY-1")
    return patient


@pytest.fixture
def manager(patient: Patient, client: Client) -> User:
    """A signed-in data manager of the patient's centre."""
    user = data_manager(patient.centre)
    client.force_login(user)
    return user


def looks() -> list[tuple[str, str, str]]:
    """Person, pseudonym and place of every look, the oldest first."""
    rows = IdentityLook._base_manager.order_by("pk")
    return list(rows.values_list("user__username", "patient__pseudonym", "place"))


def form(name: str, key: str = "1") -> str:
    return reverse("registry:enter", args=[name, key, "P-1"])


@pytest.mark.parametrize(
    ("address", "place", "shown"),
    [
        (reverse("registry:patient", args=["P-1"]), "patient", "Canary-Family"),
        (form("identity"), "form-identity", "Canary-Family"),
        (form("patient"), "form-patient", "1960-05-17"),
        (reverse("registry:history", args=["P-1"]), "history", "1960-05-17"),
    ],
)
def test_a_page_that_shows_who_somebody_is_counts_as_one_look(
    client, patient, manager, address, place, shown
) -> None:
    html = client.get(address).content.decode()

    assert shown in html
    assert looks() == [(manager.username, "P-1", place)]


@pytest.mark.parametrize(
    "address",
    [
        reverse("registry:home"),
        reverse("followup:grid"),
        form("baseline", "new"),
        form("lesions", "all"),
        reverse("registry:history", args=["P-1"]) + "?section=identity",
    ],
)
def test_pages_that_show_a_pseudonym_or_an_age_are_no_looks(
    client, patient, manager, address
) -> None:
    html = client.get(address).content.decode()

    assert "Canary" not in html
    assert "1960-05-17" not in html
    assert looks() == []


@pytest.mark.parametrize(
    "address",
    [reverse("registry:patient", args=["P-1"]), reverse("registry:history", args=["P-1"])],
)
def test_a_coordinator_is_shown_no_identity_and_looks_at_none(
    client, patient, study, address
) -> None:
    client.force_login(coordinator(study))

    html = client.get(address).content.decode()

    assert "Canary" not in html
    assert looks() == []


def test_every_request_is_a_look_of_its_own(client, patient, manager) -> None:
    for _ in range(2):
        client.get(reverse("registry:patient", args=["P-1"]))

    assert looks() == [(manager.username, "P-1", "patient")] * 2


def test_an_identity_that_is_not_recorded_is_not_looked_at(client, patient, manager) -> None:
    nobody = PatientFactory.create(centre=patient.centre, pseudonym="P-2", birth_date=None)

    assert "Change" in client.get(reverse("registry:patient", args=["P-2"])).content.decode()
    client.get(reverse("registry:enter", args=["identity", "1", nobody.pseudonym]))
    client.get(reverse("registry:enter", args=["patient", "1", nobody.pseudonym]))

    assert looks() == []


def test_a_draft_with_a_name_is_looked_at_like_the_name(client, patient, manager) -> None:
    PatientFactory.create(centre=patient.centre, pseudonym="P-2")
    address = reverse("registry:enter", args=["identity", "1", "P-2"])
    typed = fields_of(client.get(address).content.decode())
    client.post(
        address.replace("/enter/", "/live/"), typed | {"identity-family_name": "Canary-Typed"}
    )
    assert drafts.draft_of(manager, address) is not None
    assert looks() == []

    html = client.get(address).content.decode()

    assert "Canary-Typed" in html
    assert looks() == [(manager.username, "P-2", "form-identity")]


def test_figures_while_one_types_are_no_more_looks(client, patient, manager) -> None:
    typed = fields_of(client.get(form("identity")).content.decode())
    for _ in range(3):
        client.post(form("identity").replace("/enter/", "/live/"), typed)

    assert looks() == [(manager.username, "P-1", "form-identity")]


def test_a_form_given_back_with_an_error_is_a_look(client, patient, manager) -> None:
    typed = fields_of(client.get(form("patient")).content.decode())

    response = client.post(form("patient"), typed | {"patient-birth_date": "2999-01-01"})

    assert response.status_code == 422
    assert [place for _, _, place in looks()] == ["form-patient"] * 2


def test_the_conflict_of_two_editors_is_one_look(client, patient, manager) -> None:
    typed = fields_of(client.get(form("identity")).content.decode())
    send = typed | {"identity-family_name": "Canary-Mine", "reason-code": "typing"}
    with system_scope():
        patient.identity.__class__.objects.update(version=2)

    response = client.post(form("identity"), send)

    assert "Canary-Family" in response.content.decode()
    assert [place for _, _, place in looks()] == ["form-identity"] * 2


@pytest.mark.parametrize("text", ["CANARY-1", "canary-family"])
def test_finding_a_patient_by_name_or_number_is_a_look(client, patient, manager, text) -> None:
    response = client.post(reverse("followup:search"), {"text": text})

    assert response["Location"] == reverse("registry:patient", args=["P-1"])
    assert looks() == [(manager.username, "P-1", "search")]


@pytest.mark.parametrize("text", ["P-1", "p-", "Nobody"])
def test_finding_a_patient_by_pseudonym_is_none(client, patient, manager, text) -> None:
    client.post(reverse("followup:search"), {"text": text})

    assert looks() == []


def test_the_list_of_all_of_one_name_is_a_look_at_each(client, patient, manager) -> None:
    other = PatientFactory.create(centre=patient.centre, pseudonym="P-2")
    IdentityFactory.create(patient=other)

    found = client.post(reverse("followup:search"), {"text": "Canary-Family"})["Location"]
    assert looks() == []
    client.get(found)

    assert sorted(looks()) == [
        (manager.username, "P-1", "list"),
        (manager.username, "P-2", "list"),
    ]


def test_a_reader_is_recorded_once_for_a_patient_and_request(patient, manager) -> None:
    with scoped_to(manager):
        record_look(patient, place="a")
        record_looks([patient.pk, patient.pk], place="b")
    with scoped_to(manager):
        record_look(patient, place="c")

    assert [place for _, _, place in looks()] == ["a", "c"]


def test_tasks_and_commands_are_no_readers(patient) -> None:
    with system_scope():
        record_look(patient, place="import")

    assert looks() == []
