"""The monitor's round: what is to verify, what is verified no more, and answers that wait."""

import dataclasses
import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.case_forms import FormKey
from registry.models import Patient, Study, User
from registry.scope import scoped_to, system_scope
from registry.selectors.monitoring import monitoring_round
from registry.services import marks, records
from tests.factories import (
    CentreFactory,
    CorrectionRequestFactory,
    DiseaseFactory,
    EnrolmentFactory,
    IdentityFactory,
    MembershipFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    StudyFactory,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

ASKED = dt.datetime(2024, 5, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def person(study: Study) -> User:
    return monitor(study)


def enrolled(study: Study, pseudonym: str) -> Patient:
    """A patient of the centre that the pseudonym begins with; three forms."""
    centre = CentreFactory.create(code=pseudonym[0])
    study.participations.get_or_create(centre=centre)
    version = study.protocol_version()
    patient = EnrolmentFactory.create(
        patient__pseudonym=pseudonym, patient__centre=centre, protocol_version=version
    ).patient
    DiseaseFactory.create(patient=patient, number=1)
    IdentityFactory.create(patient=patient)
    return patient


def forms_of(patient: Patient) -> list[FormKey]:
    with system_scope():
        rows = [patient, patient.enrolments.get(), patient.diseases.get()]
    return [FormKey(row.entity(), row.pk) for row in rows]


def verify(patient: Patient, person: User, forms: list[FormKey] | None = None) -> None:
    for form in forms or forms_of(patient):
        marks.verify(patient, form, by=person)


def change_disease(patient: Patient) -> None:
    with system_scope():
        row = patient.diseases.get()
        manager = data_manager(patient.centre)
        records.change(row, by=manager, reason="misread", version=row.version, grade="3")


def test_the_round_counts_by_centre_what_is_to_do(study: Study, person: User) -> None:
    done, begun, changed, other = (enrolled(study, name) for name in ("A-1", "A-2", "A-3", "B-1"))
    verify(done, person)
    verify(begun, person, forms_of(begun)[:2])
    verify(changed, person)
    change_disease(changed)
    verify(other, person, [FormKey("case", other.pk)])
    CorrectionRequestFactory.create(patient=begun, asked_by=person)
    CorrectionRequestFactory.create(patient=done, asked_by=person, state="answered", answer="Yes.")
    CorrectionRequestFactory.create(
        patient=done, asked_by=person, state="closed", answer="Yes.", closed_at=ASKED
    )
    CorrectionRequestFactory.create(patient=done, asked_by=coordinator(study))

    with scoped_to(person):
        lines = monitoring_round(person, {study.pk})

    figures = [(line.centre.code, *dataclasses.astuple(line)[2:]) for line in lines]
    # patients, with forms to verify, verified once and no more, asked, answered
    assert figures == [("A", 3, 2, 1, 1, 1), ("B", 1, 0, 0, 0, 0)]


def test_a_verification_that_was_renewed_has_not_lapsed(study: Study, person: User) -> None:
    patient = enrolled(study, "A-1")
    verify(patient, person)
    change_disease(patient)
    verify(patient, person, forms_of(patient)[2:])

    with scoped_to(person):
        (line,) = monitoring_round(person, {study.pk})

    assert (line.unverified, line.lapsed) == (0, 0)


def test_a_case_verified_as_a_whole_lapses_with_all_its_forms(
    client: Client, study: Study, person: User
) -> None:
    patient = enrolled(study, "A-1")
    verify(patient, person, [FormKey("case", patient.pk)])
    change_disease(patient)
    verify(patient, person, forms_of(patient)[:1])
    client.force_login(person)

    (line,) = client.get(reverse("followup:monitoring")).context["lines"]
    place = reverse("followup:monitoring_centre", args=[study.key, "A"])
    (case,) = client.get(place).context["cases"]

    assert (line.unverified, line.lapsed) == (1, 1)
    assert (case.forms, case.verified, case.lapsed) == (3, 1, 2)


def test_the_cases_of_a_centre_are_listed_with_their_forms(
    client: Client, study: Study, person: User
) -> None:
    done, changed = enrolled(study, "A-1"), enrolled(study, "A-2")
    verify(done, person)
    verify(changed, person, forms_of(changed)[1:])
    change_disease(changed)
    enrolled(study, "B-1")
    client.force_login(person)

    response = client.get(reverse("followup:monitoring_centre", args=[study.key, "A"]))

    (case,) = response.context["cases"]
    assert (case.pseudonym, case.forms, case.verified, case.left, case.lapsed) == (
        "A-2", 3, 1, 2, 1,
    )  # fmt: skip
    page = response.content.decode()
    assert reverse("registry:patient", args=["A-2"]) in page
    assert "CANARY" not in page.upper()


def test_the_round_leads_to_each_centre_and_to_the_answers(
    client: Client, study: Study, person: User
) -> None:
    patient = enrolled(study, "A-1")
    CorrectionRequestFactory.create(
        patient=patient, asked_by=person, state="answered", answer="It is right."
    )
    client.force_login(person)

    page = client.get(reverse("followup:monitoring")).content.decode()

    assert f'href="{reverse("followup:monitoring_centre", args=[study.key, "A"])}"' in page
    assert f'href="{reverse("registry:home")}#corrections">1</a>' in page


def test_a_monitor_without_patients_is_told_so(client: Client, person: User) -> None:
    client.force_login(person)

    page = client.get(reverse("followup:monitoring")).content.decode()

    assert "No patient is enrolled in your studies yet." in page


def test_only_monitors_make_the_round_and_only_of_their_studies(
    client: Client, study: Study, person: User
) -> None:
    patient = enrolled(study, "A-1")
    round_, centre = (
        reverse("followup:monitoring"),
        reverse("followup:monitoring_centre", args=[study.key, "A"]),
    )
    elsewhere = monitor(StudyFactory.create(key="cams"))
    for reader, answers in (
        (person, [200, 200]),
        (coordinator(study), [403, 403]),
        (data_manager(patient.centre), [403, 403]),
        (elsewhere, [200, 404]),
    ):
        client.force_login(reader)
        assert [client.get(place).status_code for place in (round_, centre)] == answers

    client.force_login(person)
    CentreFactory.create(code="Z")
    place = reverse("followup:monitoring_centre", args=[study.key, "Z"])
    assert client.get(place).status_code == 404


def test_a_monitor_of_two_studies_sees_a_patient_of_both_in_each(
    study: Study, person: User
) -> None:
    patient = enrolled(study, "A-1")
    other = ProtocolVersionFactory.create(study__key="cams")
    EnrolmentFactory.create(patient=patient, protocol_version=other)
    MembershipFactory.create(user=person, role="monitor", study=other.study)
    CorrectionRequestFactory.create(patient=patient, asked_by=person)

    with scoped_to(person):
        lines = monitoring_round(person, {study.pk, other.study_id})

    assert [(line.study.key, line.patients, line.unverified, line.asked) for line in lines] == [
        ("cams", 1, 1, 1),
        ("jinling", 1, 1, 1),
    ]


@pytest.mark.parametrize("name", ["followup:monitoring", "followup:monitoring_centre"])
def test_more_patients_and_centres_ask_no_more_of_the_database(
    client: Client, study: Study, person: User, name: str
) -> None:
    verify(enrolled(study, "A-1"), person)
    enrolled(study, "A-2")
    client.force_login(person)
    place = reverse(name, args=[study.key, "A"] if name.endswith("_centre") else [])
    client.get(place)
    with CaptureQueriesContext(connection) as few:
        client.get(place)
    for pseudonym in ("A-3", "A-4", "B-1", "C-1"):
        enrolled(study, pseudonym)
    ParticipationFactory.create(study=study)
    with CaptureQueriesContext(connection) as many:
        client.get(place)

    assert len(many) == len(few)
