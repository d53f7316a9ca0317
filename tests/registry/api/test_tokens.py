"""Who asks: tokens that are good, and those that are none."""

import datetime as dt

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from registry.models import ApiToken, Patient
from tests.factories import LesionFactory, PatientFactory, data_manager
from tests.registry.api.client import Api, token_of

pytestmark = pytest.mark.django_db

LESIONS = "/api/v1/lesions/"


@pytest.fixture
def patient() -> Patient:
    return PatientFactory.create(pseudonym="P-1")


def get(key: str) -> int:
    return Client().get(LESIONS, headers={"Authorization": key}).status_code


def test_a_stranger_is_told_how_to_ask() -> None:
    answer = Client().get(LESIONS)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Token"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "key", ["Token", "Token ", "Token x", "Token " + "a" * 64, "Token é", "Token " + "a" * 5000]
)
def test_what_is_no_token_opens_nothing(key: str) -> None:
    assert get(key) == 401


def test_a_token_is_its_persons_until_it_ends(patient: Patient) -> None:
    user = data_manager(patient.centre)
    with time_machine.travel(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        key = f"Token {token_of(user, days=1)}"
        assert get(key) == 200
        clock.shift(dt.timedelta(days=1))
        assert get(key) == 401
    assert ApiToken.objects.count() == 1  # kept, and shown as ended


def test_a_deactivated_person_is_out_at_the_next_request(patient: Patient) -> None:
    user = data_manager(patient.centre)
    key = f"Token {token_of(user)}"
    assert get(key) == 200

    user.is_active = False
    user.save()

    assert get(key) == 401


def test_a_token_for_reading_writes_nothing(patient: Patient) -> None:
    user = data_manager(patient.centre)
    lesion = LesionFactory.create(patient=patient)
    api = Api(user, may_write=False)
    body = {"description": "x", "reason_for_change": "y"}

    assert api.get(f"lesions/{lesion.pk}/").status_code == 200
    answers = [
        api.post("lesions/", {"patient": "P-1"}),
        api.patch(f"lesions/{lesion.pk}/", body, If_Match='"1"'),
        api.post(f"lesions/{lesion.pk}/void/", {"reason_for_change": "y"}, If_Match='"1"'),
        api.post("cases/", {}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert answers[0].json()["detail"] == "This token only reads."


def test_a_token_speaks_louder_than_a_session(client: Client, patient: Patient) -> None:
    LesionFactory.create(patient=patient)
    client.force_login(data_manager(patient.centre))
    other = data_manager(PatientFactory.create().centre)

    answer = client.get(LESIONS, headers={"Authorization": f"Token {token_of(other)}"})

    assert answer.json()["results"] == []


def test_a_session_reads_and_writes_with_the_sign_of_its_forms_only(patient: Patient) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(data_manager(patient.centre))

    assert client.get(LESIONS).status_code == 200
    refused = client.post(LESIONS, {"patient": "P-1"}, content_type="application/json")
    assert refused.status_code == 403
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_a_token_makes_no_session(patient: Patient) -> None:
    get(f"Token {token_of(data_manager(patient.centre))}")
    assert not Session.objects.exists()


def test_its_use_is_noted_once_a_minute(patient: Patient) -> None:
    key = f"Token {token_of(data_manager(patient.centre))}"

    def last_used() -> dt.datetime | None:
        return ApiToken.objects.values_list("last_used_at", flat=True).get()

    with time_machine.travel(dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC), tick=False) as clock:
        get(key)
        first = last_used()
        clock.shift(59)
        get(key)
        assert last_used() == first == dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
        clock.shift(1)
        get(key)
        assert last_used() == dt.datetime(2026, 1, 1, 12, 1, tzinfo=dt.UTC)


def test_outside_of_the_interface_a_token_opens_nothing(patient: Patient) -> None:
    key = f"Token {token_of(data_manager(patient.centre))}"
    answer = Client().get("/patients/P-1/", headers={"Authorization": key})
    assert answer.status_code == 302
