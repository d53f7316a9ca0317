"""What holds for every page: headers, no inline code, errors that tell nothing."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Patient, Study, User
from tests.factories import (
    ParticipationFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

INLINE = re.compile(
    r'<style|<script(?![^>]*\bsrc=)(?![^>]*type="application/json")|\sstyle=|\son[a-z]+=',
    re.IGNORECASE,
)
OUTSIDE = re.compile(r'(?:src|href)="(?:https?:)?//(?!doi\.org/)', re.IGNORECASE)


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    patient = full_case(study.protocol_version(), pseudonym="P-1")
    ParticipationFactory.create(study=study, centre=patient.centre)
    return patient


def pages() -> list[str]:
    return [
        reverse("registry:home"),
        reverse("followup:grid"),
        reverse("registry:patient", args=["P-1"]),
        reverse("registry:history", args=["P-1"]),
        reverse("registry:style"),
        reverse("analytics:studies"),
        reverse("analytics:study", args=["jinling"]),
        reverse("followup:mailbox"),
        reverse("login"),
    ]


@pytest.fixture(params=["data manager", "coordinator"])
def user(request: pytest.FixtureRequest, study: Study, patient: Patient) -> User:
    if request.param == "coordinator":
        return coordinator(study)
    return data_manager(patient.centre)


@pytest.mark.parametrize("page", [page for page in pages() if page != reverse("login")])
def test_a_page_is_own_code_only_under_a_strict_policy(client: Client, user, page) -> None:
    client.force_login(user)

    response = client.get(page)
    html = response.content.decode()
    policy = response["Content-Security-Policy"]

    assert response.status_code == 200
    assert INLINE.findall(html) == []
    assert OUTSIDE.findall(html) == []
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_the_sign_in_page_is_open_and_own_code_only(client: Client) -> None:
    response = client.get(reverse("login"))

    assert response.status_code == 200
    assert INLINE.findall(response.content.decode()) == []
    assert "unsafe" not in response["Content-Security-Policy"]


def test_every_page_says_that_the_demonstration_is_synthetic(client, user, settings) -> None:
    client.force_login(user)
    assert "Synthetic demonstration data." in client.get(reverse("registry:home")).content.decode()

    settings.DEMO = False
    assert (
        "Synthetic demonstration data." not in client.get(reverse("registry:home")).content.decode()
    )


@pytest.mark.parametrize("place", ["people", "centres", "access_review"])
def test_only_administrators_are_shown_the_way_to_people_and_centres(client, user, place) -> None:
    link = f'href="{reverse(f"registry:{place}")}"'
    client.force_login(user)
    assert link not in client.get(reverse("registry:home")).content.decode()

    client.force_login(administrator())
    assert link in client.get(reverse("registry:home")).content.decode()


def test_an_error_page_tells_nothing_of_the_error(user, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Canary-Family is in this message")

    client = Client(raise_request_exception=False)
    client.force_login(user)
    monkeypatch.setattr("followup.views.grid.grid_page", fail)

    response = client.get(reverse("followup:grid"))

    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
    assert "Canary" not in response.content.decode()
    assert "RuntimeError" not in response.content.decode()


def test_an_unknown_address_is_a_plain_page(client: Client, user) -> None:
    client.force_login(user)

    response = client.get("/no/<b>such</b>/page/")

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    assert "<b>" not in response.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page(user) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    response = client.post(reverse("logout"))

    assert response.status_code == 403
    assert "The form was open for too long" in response.content.decode()
