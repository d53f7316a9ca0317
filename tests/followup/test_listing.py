"""Pages of the grid: by number and by their links, counted and beyond the rows that are counted."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client

from followup.selectors import listing
from registry.models import Centre
from tests.factories import CaseStatusFactory, CentreFactory, PatientFactory, data_manager
from tests.followup.factories import open_visit as visit
from tests.followup.test_grid import URL, body, shown

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(dt.datetime(2024, 5, 20, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(code="A")


@pytest.mark.parametrize("order", ["pseudonym", "centre", "birth", "missing", "next"])
def test_every_order_pages_through_all_patients_once(client, centre, monkeypatch, order) -> None:
    monkeypatch.setattr("followup.views.grid.PAGE_SIZE", 3)
    monkeypatch.setattr(listing, "MOST_COUNTED", 4)  # so that the later pages are not counted
    for number in range(11):
        patient = PatientFactory.create(centre=centre)
        if number % 2:
            CaseStatusFactory.create(patient=patient, incomplete_count=number % 3)
        if number % 3:
            visit(patient, f"2024-06-{number + 1:02d}")
    client.force_login(data_manager(centre))

    pages = [shown(client, sort=order, page=str(page)) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [3, 3, 3, 2]
    assert len({pseudonym for page in pages for pseudonym in page}) == 11
    assert "More than" in body(client.get(URL))


@pytest.mark.parametrize("order", ["", "pseudonym", "-pseudonym", "-birth", "next"])
def test_the_links_lead_from_page_to_page_to_the_last(client, centre, monkeypatch, order) -> None:
    monkeypatch.setattr("followup.views.grid.PAGE_SIZE", 2)
    monkeypatch.setattr(listing, "MOST_COUNTED", 4)
    names = [PatientFactory.create(centre=centre).pseudonym for _ in range(9)]
    client.force_login(data_manager(centre))

    query, seen = f"?sort={order}" if order else "?", []
    while query:
        page = body(client.get(f"{URL}{query}"))
        seen += re.findall(r'<th scope="row" class="id"><a[^>]*>([^<]+)<', page)
        link = re.search(r'rel="next" href="([^"]+)"', page)
        query = link[1].replace("&amp;", "&") if link else ""
        assert len(seen) <= 9

    assert sorted(seen) == sorted(names)
    if "pseudonym" in order:
        assert seen == sorted(names, reverse=order.startswith("-"))


def test_a_page_far_behind_begins_where_its_link_says(client, centre, monkeypatch) -> None:
    monkeypatch.setattr("followup.views.grid.PAGE_SIZE", 2)
    monkeypatch.setattr(listing, "MOST_COUNTED", 4)
    for number in range(9):
        PatientFactory.create(centre=centre, pseudonym=f"A-{number}")
    PatientFactory.create(pseudonym="A-55")
    client.force_login(data_manager(centre))

    assert shown(client, page="4", after="A-5") == ["A-6", "A-7"]
    assert shown(client, page="4") == ["A-6", "A-7"]
    assert shown(client, page="4", sort="-pseudonym", after="A-3") == ["A-2", "A-1"]
    # Of the pages that are counted the number decides; behind the last row stands the last page.
    assert shown(client, page="1", after="A-5") == ["A-0", "A-1"]
    assert shown(client, page="5", after="Z") == ["A-8"]
    assert 'after=A-7"' in body(client.get(URL, {"page": "4", "after": "A-5"}))


def test_the_grid_is_paged_and_keeps_its_filters(client: Client, centre) -> None:
    for number in range(51):
        PatientFactory.create(centre=centre, pseudonym=f"A-{number:02d}")
    client.force_login(data_manager(centre))

    assert len(shown(client)) == 50
    assert shown(client, page="2") == ["A-50"]
    for beyond in ("999", "3"):
        assert shown(client, page=beyond) == ["A-50"]
    for nonsense in ("0", "-1", "x", "9" * 30):
        assert len(shown(client, page=nonsense)) == 50
    assert "51–51 of 51" in body(client.get(URL, {"page": "2"}))
    assert "search=A-&amp;page=2" in body(client.get(URL, {"search": "A-"}))


def test_a_form_missing_lists_patients_without_status_behind_the_others(client, centre) -> None:
    without = PatientFactory.create(centre=centre, pseudonym="A-1")
    CaseStatusFactory.create(
        patient=PatientFactory.create(centre=centre, pseudonym="A-2"), disease="missing"
    )
    CaseStatusFactory.create(patient=PatientFactory.create(centre=centre, pseudonym="A-3"))
    CaseStatusFactory.create(patient=PatientFactory.create(pseudonym="B-1"), disease="missing")
    client.force_login(data_manager(centre))

    assert shown(client, form="disease", form_state="missing") == ["A-2", without.pseudonym]
