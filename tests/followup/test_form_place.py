"""Where a mark of the status grid leads."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Centre, Patient, Study
from tests.factories import (
    CaseStatusFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    DiseaseFactory,
    EnrolmentFactory,
    PatientFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
)
from tests.followup.factories import open_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(code="A")


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


def target(client: Client, form: str, patient: Patient) -> str:
    """Where a mark sends on to."""
    response = client.get(reverse("followup:form", args=[form, patient.pseudonym]))
    assert response.status_code == 302
    location: str = response["Location"]
    return location


def test_a_mark_leads_to_the_one_form_that_it_means(client: Client, centre, study) -> None:
    patient = PatientFactory.create(centre=centre, pseudonym="A-1")
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    DiseaseFactory.create(patient=patient, number=4)
    open_visit(patient, "2024-06-01", key="last_rt_day-m03")
    client.force_login(data_manager(centre))

    assert target(client, "screening", patient) == f"/enter/enrolment/{study.key}/A-1/"
    assert target(client, "baseline", patient) == "/enter/baseline/new/A-1/"
    assert target(client, "disease", patient) == "/enter/disease/4/A-1/"
    assert target(client, "treatment", patient) == "/enter/treatment/all/A-1/"
    assert target(client, "lesions", patient) == "/enter/lesions/all/A-1/"
    assert target(client, "courses", patient) == "/enter/course/new/A-1/"
    assert (
        target(client, "assessments", patient) == "/enter/assessment/new/A-1/?visit=last_rt_day-m03"
    )
    assert target(client, "toxicity", patient) == "/enter/toxicity/new/A-1/"
    assert target(client, "outcome", patient) == "/patients/A-1/#outcome"

    DeathFactory.create(patient=patient)
    assert target(client, "outcome", patient) == "/enter/death/1/A-1/"


def test_several_rows_locked_forms_and_other_readers_are_led_to_the_patient(
    client: Client, centre, study
) -> None:
    patient = PatientFactory.create(centre=centre, pseudonym="A-1")
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    for number in (1, 2):
        CourseFactory.create(patient=patient, number=number)
    CaseStatusFactory.create(patient=patient, disease="locked")

    client.force_login(data_manager(centre))
    assert target(client, "courses", patient) == "/patients/A-1/#courses"
    assert target(client, "disease", patient) == "/patients/A-1/#disease"
    client.force_login(coordinator(study))
    assert target(client, "lesions", patient) == "/patients/A-1/#lesions"


def test_a_mark_of_a_patient_who_is_not_visible_leads_nowhere(client: Client, centre) -> None:
    patient = PatientFactory.create(centre=centre, pseudonym="A-1")
    client.force_login(data_manager(CentreFactory.create(code="B")))

    assert client.get(reverse("followup:form", args=["disease", "A-1"])).status_code == 404
    client.force_login(data_manager(patient.centre))
    assert client.get(reverse("followup:form", args=["nonsense", "A-1"])).status_code == 404
