"""Rows of another centre are in no list, count, search, file or suggestion, whatever is asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.api.entities import ENTITIES
from tests.access.collecting import said
from tests.access.world import World, sign_in

pytestmark = pytest.mark.django_db

STRANGERS = ["data_manager other", "coordinator other", "monitor other", "administrator", "nobody"]


@pytest.fixture(params=STRANGERS)
def stranger(request: pytest.FixtureRequest, client: Client, world: World) -> Client:
    sign_in(client, world.person(request.param).user)
    return client


def rows_of(answer: Any) -> list[Any]:
    """The rows of a list; none where the question itself was refused."""
    assert answer.status_code in (200, 400, 403, 422)
    return list(answer.json().get("results", []))


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.name)
def test_the_interface_lists_no_row_of_others(entity: Any, stranger: Client, world: World) -> None:
    address = reverse(f"api:{entity.name}-list")
    own = world.own
    questions: list[dict[str, Any]] = [
        {"patient": own.patient.pseudonym},
        {"pseudonym": own.patient.pseudonym},
        {"centre": own.centre.code},
        {"study": own.study.key},
        {"voided": "true", "patient": own.patient.pseudonym},
        {"patient": own.patient.pk},
    ]
    for question in questions:
        assert rows_of(stranger.get(address, question)) == [], question
    assert own.patient.pseudonym not in stranger.get(address).content.decode()


def test_pages_and_files_with_a_question_show_none_of_others(
    stranger: Client, world: World
) -> None:
    pseudonym, nothing = world.own.patient.pseudonym, "PSEUDO-none"
    pages = [
        ("followup:grid", "search"),
        ("followup:grid", "centre"),
        ("registry:audit", "patient"),
        ("registry:audit_csv", "patient"),
        ("registry:audit_looks", "patient"),
        ("registry:audit_looks_csv", "patient"),
        ("api_followup:expected_visits", "patient"),
    ]
    for name, parameter in pages:
        answers = [
            stranger.get(reverse(name), {parameter: asked}) for asked in (pseudonym, nothing)
        ]
        texts = [said(answers[0], pseudonym), said(answers[1], nothing)]
        assert answers[0].status_code == answers[1].status_code
        assert pseudonym not in texts[0]
        assert texts[0] == texts[1], name


def test_a_whole_pseudonym_of_others_is_found_by_nobody(stranger: Client, world: World) -> None:
    answers = [
        stranger.post(reverse("followup:search"), {"text": text})
        for text in (world.own.patient.pseudonym, "PSEUDO-none")
    ]

    assert answers[0].status_code == answers[1].status_code
    assert world.own.patient.pseudonym not in answers[0].headers.get("Location", "")


def test_the_own_centre_finds_them_all(client: Client, world: World) -> None:
    """Or the tests above would pass on a registry that shows nothing."""
    sign_in(client, world.person("data_manager own").user)
    found = 0
    for entity in ENTITIES:
        question = {"patient": world.own.patient.pseudonym}
        found += bool(rows_of(client.get(reverse(f"api:{entity.name}-list"), question)))
    page = client.get(reverse("followup:grid"), {"search": world.own.patient.pseudonym})

    assert found > 15
    assert world.own.patient.pseudonym in page.content.decode()
