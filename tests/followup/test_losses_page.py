"""Loss to follow-up on the pages: proposed, declared, undone."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from registry.models import Enrolment
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    LossToFollowUpFactory,
    ParticipationFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.followup.factories import expected, followed

pytestmark = pytest.mark.django_db

TODAY = dt.date(2025, 6, 2)
"""Month 3 of a radiotherapy that ended on 31 January 2024 is overdue for 384 days."""

HOME, LOSSES = reverse("registry:home"), reverse("followup:losses")


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(dt.datetime(2025, 6, 2, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def enrolment() -> Enrolment:
    enrolment = followed(centre=CentreFactory.create(code="A", name="Centre A"))
    AssessmentFactory.create(patient=enrolment.patient, assessed_on="2024-03-05")
    expected(enrolment, TODAY)
    return enrolment


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def rows(page: str) -> list[str]:
    """The texts of the rows of the list, a space between cells."""
    table = page.split('<section class="section" id="')[-1].split("<tbody>")[1].split("</tbody>")[0]
    return [
        " ".join(re.sub("<[^>]*>", " ", row).split())
        for row in re.findall("<tr>(.*?)</tr>", table, re.DOTALL)
    ]


def section(page: str, ident: str) -> str:
    return page.split(f'<section class="section" id="{ident}"')[1].split("</section>")[0]


def test_the_centre_is_shown_on_the_first_page_who_may_be_lost(client, enrolment) -> None:
    client.force_login(data_manager(enrolment.patient.centre))
    shown = section(read(client, HOME), "losses")
    pseudonym = enrolment.patient.pseudonym
    assert "Lost to follow-up?" in shown
    for words in (pseudonym, "5 Mar 2024", "14 May 2024", ">384<"):
        assert words in shown
    address = reverse("registry:enter", args=["loss", "new", pseudonym])
    assert f'href="{address}">Declare lost' in shown
    assert f'href="{LOSSES}"' in shown
    assert 'value="2024-03-05"' in read(client, address), "the form begins with the last day known"


def test_a_centre_without_any_is_told_so_on_the_page_of_losses_only(client, enrolment) -> None:
    client.force_login(data_manager(CentreFactory.create()))
    assert "Lost to follow-up?" not in read(client, HOME)
    assert "Nobody has been overdue" in read(client, LOSSES)
    client.force_login(administrator())
    assert "Nobody has been overdue" in read(client, LOSSES)


def test_a_coordinator_sees_them_by_centre_and_declares_none(client, enrolment) -> None:
    other = followed(centre=CentreFactory.create(code="B", name="Centre B"))
    expected(other, TODAY)
    for one in (enrolment, other):
        ParticipationFactory.create(study=one.study, centre=one.patient.centre)
    client.force_login(coordinator(enrolment.study))
    page = read(client, LOSSES)
    counted = section(page, "centres")
    assert re.findall('centre=([AB])">Centre ([AB])', counted) == [("A", "A"), ("B", "B")]
    assert len(rows(page)) == 2
    assert "Declare lost" not in section(page, "proposed")
    (row,) = rows(read(client, f"{LOSSES}?centre=B&study=jinling"))
    assert row.startswith(other.patient.pseudonym)


def test_losses_that_hold_and_those_undone_have_their_own_lists(client, enrolment) -> None:
    LossToFollowUpFactory.create(
        patient=enrolment.patient,
        last_known_alive_on="2024-03-05",
        declared_on="2025-01-10",
        phoned_on="2024-12-01",
        asked_registry_on="2025-01",
        attempts="Family doctor",
        found_again_on="2025-02-01",
        reason="moved",
    )
    LossToFollowUpFactory.create(patient=enrolment.patient, number=2, declared_on="2025-05-20")
    client.force_login(coordinator(enrolment.study))

    (found,) = rows(read(client, f"{LOSSES}?show=found"))
    (lost,) = rows(read(client, f"{LOSSES}?show=lost"))

    assert found == (
        f"{enrolment.patient.pseudonym} Centre A 5 Mar 2024 10 Jan 2025 1 Feb 2025 Moved away "
        "Telephone 1 Dec 2024, registry asked Jan 2025, Family doctor"
    )
    assert "20 May 2025" in lost
    assert "Nobody has been overdue" in read(client, LOSSES)


@pytest.mark.parametrize("query", ["show=x", "study=nothing", "page=99"])
def test_a_filter_that_cannot_be_is_left_out(client, enrolment, query: str) -> None:
    client.force_login(data_manager(enrolment.patient.centre))
    assert enrolment.patient.pseudonym in read(client, f"{LOSSES}?{query}")


def test_the_list_goes_page_by_page_in_a_fixed_number_of_queries(
    client, enrolment, monkeypatch, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    monkeypatch.setattr("followup.views.losses.PAGE_SIZE", 2)
    client.force_login(data_manager(enrolment.patient.centre))
    read(client, LOSSES)
    with django_assert_max_num_queries(40) as one:
        read(client, LOSSES)
    for _more in range(2):
        expected(followed(centre=enrolment.patient.centre), TODAY)
    with django_assert_num_queries(len(one)):
        page = read(client, LOSSES)
    assert len(rows(page)) == 2
    assert len(rows(read(client, f"{LOSSES}?page=2"))) == 1
