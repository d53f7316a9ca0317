"""The page of the components: each is there with its states."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from analytics.figures import Shape
from analytics.templatetags.timeline import WORDS
from registry.templatetags.ui import STATES
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    client.force_login(UserFactory.create())
    response = client.get(reverse("registry:style"))
    assert response.status_code == 200
    return response.content.decode()


def test_every_state_grade_and_shape_is_shown(client: Client) -> None:
    html = page(client)

    assert [state for state in STATES if f"marks.svg#{state}" not in html] == []
    assert [grade for grade in range(1, 6) if f"marks.svg#grade-{grade}" not in html] == []
    assert set(WORDS) == set(Shape)
    assert [word for word in WORDS.values() if str(word) not in html] == []


def test_a_field_is_shown_empty_with_a_partial_date_with_a_reason_and_with_an_error(client) -> None:
    html = page(client)

    assert 'value="2024-03"' in html
    assert 'value="Unknown"' in html
    assert 'aria-invalid="true"' in html
    assert 'href="#id_wrong-day"' in html
    assert 'id="id_wrong-day"' in html


def test_every_id_is_there_once(client: Client) -> None:
    idents = re.findall(r'\sid="([^"]+)"', page(client))

    assert sorted(idents) == sorted(set(idents))


def test_a_repeated_row_is_shown(client: Client) -> None:
    assert 'id="row-phase-n1"' in page(client)


def test_the_page_is_closed_to_people_who_are_not_signed_in(client: Client) -> None:
    response = client.get(reverse("registry:style"))

    assert response.status_code == 302
    assert reverse("login") in response["Location"]


def test_the_page_only_answers_reading(client: Client) -> None:
    client.force_login(UserFactory.create())

    assert client.post(reverse("registry:style")).status_code == 405
