"""Who changed what, when and why."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Patient
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services import patients, records
from tests.factories import (
    CourseFactory,
    DiseaseFactory,
    EnrolmentFactory,
    LesionFactory,
    PatientFactory,
    ProtocolVersionFactory,
    ToxicityEventFactory,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return PatientFactory.create(sex="female", birth_date="1960-05-17")


def history(client: Client, patient: Patient, **query: str) -> str:
    response = client.get(reverse("registry:history", args=[patient.pseudonym]), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_correction_is_shown_with_person_reason_and_both_values(client, patient) -> None:
    user = data_manager(patient.centre, display_name="Data manager, Centre A")
    with system_scope():
        records.change(patient, by=user, reason="Typing error in the source", version=1, sex="male")
    client.force_login(user)

    change = history(client, patient).split("<tbody>")[1].split("</tr>")[0]

    assert "Data manager, Centre A" in change
    assert "Typing error in the source" in change
    assert "Female</del> → Male" in change


def test_identity_is_encrypted_in_the_trail_and_absent_outside_of_the_centre(client, patient):
    user = data_manager(patient.centre)
    version = ProtocolVersionFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=version)
    patients.record_identity(
        patient=patient, by=user, family_name="Canary-Family", record_number="CANARY-1"
    )

    client.force_login(user)
    own = history(client, patient)
    client.force_login(coordinator(version.study))
    elsewhere = history(client, patient)

    assert "Identity: created" in own
    assert "(encrypted)" in own
    assert "Canary-Family" not in own
    assert "Identity" not in elsewhere
    assert "(encrypted)" not in elsewhere


def test_a_birth_date_is_cut_to_its_year_outside_of_the_centre(client, patient) -> None:
    version = ProtocolVersionFactory.create()
    EnrolmentFactory.create(patient=patient, protocol_version=version)
    with system_scope():
        records.change(
            patient,
            by=None,
            reason="Corrected from the passport",
            version=1,
            birth_date=PartialDate.parse("1961-02-03"),
        )
    client.force_login(coordinator(version.study))

    html = history(client, patient)

    assert "1960</del> → 1961" in html
    assert "1961-02" not in html
    assert "1960-05" not in html


def test_a_change_by_nobody_known_says_so(client: Client, patient: Patient) -> None:
    with system_scope():
        Patient.objects.filter(pk=patient.pk).update(sex="male")
    client.force_login(data_manager(patient.centre))

    assert "The registry itself" in history(client, patient).split("<tbody>")[1].split("</tr>")[0]


def test_long_histories_are_paged(client: Client, patient: Patient) -> None:
    with system_scope():
        for number in range(60):
            sex = "male" if number % 2 else "other"
            Patient.objects.filter(pk=patient.pk).update(sex=sex)
    client.force_login(data_manager(patient.centre))

    assert history(client, patient).count("<tr>") == 1 + 50
    assert "51–61 of 61" in history(client, patient, page="2")


def test_a_section_shows_the_changes_to_its_own_rows(client: Client, patient: Patient) -> None:
    LesionFactory.create(patient=patient, number=1, description="left thigh")
    DiseaseFactory.create(patient=patient, number=1, histology="Spindle cell")
    client.force_login(data_manager(patient.centre))

    lesions = history(client, patient, section="lesions")
    everything = history(client, patient)

    assert "left thigh" in lesions
    assert "Spindle cell" not in lesions
    assert "left thigh" in everything
    assert "Spindle cell" in everything


def test_a_section_that_there_is_not_is_named_and_everything_shown(client, patient) -> None:
    LesionFactory.create(patient=patient, number=1, description="left thigh")
    client.force_login(data_manager(patient.centre))

    html = history(client, patient, section="nonsense")

    assert "Select a valid choice" in html
    assert "left thigh" in html


def test_a_row_that_was_taken_back_is_shown_with_its_reason_and_what_it_held(client, patient):
    user = data_manager(patient.centre, display_name="Data manager, Centre A")
    lesion = LesionFactory.create(patient=patient, number=1, description="left thigh")
    with system_scope():
        records.void(lesion, by=user, reason="entered twice", version=lesion.version)
    client.force_login(user)

    change = history(client, patient, section="lesions").split("<tbody>")[1].split("</tr>")[0]

    assert "Lesion 1: taken back" in change
    assert "Taken back" in change
    assert "entered twice" in change
    assert "left thigh</del> → –" in change


def test_rows_and_reasons_are_named_in_words(client: Client, patient: Patient) -> None:
    course = CourseFactory.create(patient=patient, number=3)
    ToxicityEventFactory.create(
        patient=patient, number=1, course=course, missing={"attribution": "not_done"}
    )
    client.force_login(data_manager(patient.centre))

    change = history(client, patient, section="toxicity").split("<tbody>")[1].split("</tr>")[0]

    assert "<dd>course 3</dd>" in change
    assert "Fatigue" in change
    assert "attribution to RT: Not done" in change


def test_the_number_of_queries_does_not_grow_with_the_changes(
    client: Client, patient, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    user = data_manager(patient.centre)
    client.force_login(user)
    history(client, patient)  # the first request of a session is also written down as such
    with django_assert_max_num_queries(16) as few:
        history(client, patient)

    people = [data_manager(patient.centre) for _ in range(5)]
    with system_scope():
        for number, person in enumerate(people):
            sex = "male" if number % 2 else "other"
            records.change(patient, by=person, reason="checked", version=patient.version, sex=sex)

    # One more than for a trail without people: their names, all in one query.
    with django_assert_num_queries(len(few) + 1):
        history(client, patient)
