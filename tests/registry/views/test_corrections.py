"""The pages of requests for correction."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Course, Patient, Study
from tests.factories import (
    CentreFactory,
    CorrectionRequestFactory,
    CourseFactory,
    EnrolmentFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    return EnrolmentFactory.create(
        protocol_version=study.protocol_version(), patient__pseudonym="P-1"
    ).patient


@pytest.fixture
def course(patient: Patient) -> Course:
    return CourseFactory.create(patient=patient, number=3)


ASK = reverse("registry:ask_correction", args=["P-1"])


def test_a_question_goes_from_the_patients_page_to_the_centre_and_back(
    client: Client, study, patient, course
) -> None:
    asker, manager = coordinator(study), data_manager(patient.centre)
    client.force_login(asker)
    page = client.get(reverse("registry:patient", args=["P-1"])).content.decode()
    assert f'href="{ASK}"' in page
    asked = client.post(ASK, {"row": f"course.{course.pk}", "question": "25 or 28 fractions?"})
    address = asked["Location"]
    assert "The centre has not answered yet." in client.get(address).content.decode()

    client.force_login(manager)
    assert address in client.get(reverse("registry:home")).content.decode()
    page = client.get(address).content.decode()
    assert "Course 3" in page
    assert reverse("registry:enter", args=["course", "3", "P-1"]) in page
    assert client.post(address, {"do": "answer", "answer": "28"}).status_code == 302
    assert address not in client.get(reverse("registry:home")).content.decode()

    client.force_login(asker)
    assert address in client.get(reverse("registry:home")).content.decode()
    assert "Close the request" in client.get(address).content.decode()
    assert client.post(address, {"do": "close"}).status_code == 302
    assert address not in client.get(reverse("registry:home")).content.decode()


def test_a_data_manager_is_not_shown_the_way_to_ask_and_is_refused(client, patient) -> None:
    client.force_login(data_manager(patient.centre))

    assert ASK not in client.get(reverse("registry:patient", args=["P-1"])).content.decode()
    assert client.get(ASK).status_code == 403


def test_a_request_of_another_centre_is_not_there(client: Client, patient) -> None:
    asked = CorrectionRequestFactory.create(patient=patient)
    client.force_login(data_manager(CentreFactory.create(code="B")))

    assert client.get(reverse("registry:correction", args=[asked.pk])).status_code == 404
    assert client.get(ASK).status_code == 404


def test_what_was_typed_stays_after_an_error(client: Client, study, patient) -> None:
    client.force_login(coordinator(study))
    refused = client.post(ASK, {"row": "course.999", "question": "Stays <b>here</b>"})

    assert refused.status_code == 422
    assert "Stays &lt;b&gt;here&lt;/b&gt;" in refused.content.decode()
    assert "There is a problem" in refused.content.decode()


def test_an_empty_answer_is_refused_at_the_field(client: Client, patient) -> None:
    asked = CorrectionRequestFactory.create(patient=patient)
    client.force_login(data_manager(patient.centre))

    response = client.post(
        reverse("registry:correction", args=[asked.pk]), {"do": "answer", "answer": " "}
    )

    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
