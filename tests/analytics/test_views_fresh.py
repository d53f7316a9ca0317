"""The curves of an open study page: of when they are, what is said of stale ones, fresh ones."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from analytics.kept import changes
from registry.accounts.session_limits import ASKS_BY_ITSELF, IDLE_SECONDS, SEEN
from registry.models import Centre, Patient, Study
from tests.analytics.extract.cohort import after
from tests.analytics.kept.keeping import keep, study_with_patients
from tests.factories import CentreFactory, ProgressionFactory, coordinator, data_manager
from tests.registry.api.client import Api

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, 15, tzinfo=dt.UTC)
STALE = "Facts have changed since"


@pytest.fixture
def study():
    """Twelve lesions, three of which failed; kept at a quarter past eight."""
    with time_machine.travel(NOW, tick=False):
        study = study_with_patients()
        keep(study)
        yield study


def fail(pseudonym: str) -> None:
    """A further local failure is on file, and its study knows that something has changed."""
    patient = Patient._base_manager.get(pseudonym=pseudonym)
    ProgressionFactory.create(
        patient=patient, lesion=patient.lesions(manager="_base_manager").get(), number=9,
        occurred_on=after(150),
    )  # fmt: skip
    changes.note([patient.pk], now=NOW)


def page(client: Client, study: Study) -> str:
    return client.get(reverse("analytics:study", args=[study.key])).content.decode()


def ask_again(client: Client, html: str) -> HttpResponse:
    """What the page asks by itself."""
    (address,) = re.findall(r'<div id="curves" hx-get="([^"]*)"', html)
    headers = {"HX-Request": "true", ASKS_BY_ITSELF: "1"}
    return client.get(address.replace("&amp;", "&"), headers=headers)  # type: ignore[return-value]


def events(html: str) -> int:
    """Local failures beside the curve."""
    local = html.split('id="LC"')[1]
    return int(re.findall(r"<dt>Events</dt><dd>(\d+)</dd>", local)[0])


def seconds(html: str) -> str:
    return re.findall(r'hx-trigger="every (\d+)s"', html)[0]


def test_a_page_says_of_when_its_curves_are(client: Client, study: Study) -> None:
    client.force_login(coordinator(study))
    with time_machine.travel(NOW + dt.timedelta(minutes=20), tick=False):
        html = page(client, study)
    assert "As of" in html
    assert 'datetime="2026-03-02T08:15+00:00"' in html
    assert (events(html), STALE in html) == (3, False)


def test_an_open_page_gets_nothing_until_facts_change_then_the_note_then_fresh_curves(
    client: Client, study: Study
) -> None:
    client.force_login(coordinator(study))
    html = page(client, study)
    assert ask_again(client, html).status_code == 204
    fail("A-5")

    stale = ask_again(client, html).content.decode()
    assert (events(stale), STALE in stale) == (3, True)
    assert int(seconds(stale)) < int(seconds(html))
    assert ask_again(client, stale).status_code == 204
    keep(study)

    fresh = ask_again(client, stale).content.decode()
    assert (events(fresh), STALE in fresh) == (4, False)
    assert ask_again(client, fresh).status_code == 204


def test_when_no_worker_makes_fresh_curves_the_page_computes_them(client, study) -> None:
    client.force_login(coordinator(study))
    fail("A-5")
    with time_machine.travel(NOW + dt.timedelta(seconds=31), tick=False):
        html = page(client, study)
        assert (events(html), STALE in html) == (4, False)
        # Computed once: the page has what there is.
        assert ask_again(client, html).status_code == 204
        keep(study)
        assert ask_again(client, html).status_code == 204


def test_a_centres_reader_gets_own_patients_only_and_never_stale_ones(client, study) -> None:
    manager = data_manager(Centre.objects.get(code="A"))
    client.force_login(manager)
    html = page(client, study)
    assert events(html) == 1
    fail("A-5")
    fail("B-5")

    computed = ask_again(client, html).content.decode()
    assert (events(computed), STALE in computed) == (2, False)
    assert ask_again(client, computed).status_code == 204
    keep(study)
    assert events(page(client, study)) == 2


def test_the_other_endpoint_of_a_page_is_asked_for_again(client: Client, study: Study) -> None:
    client.force_login(coordinator(study))
    html = client.get(
        reverse("analytics:study", args=[study.key]), {"endpoint": "PFS"}
    ).content.decode()
    fail("A-5")
    again = ask_again(client, html).content.decode()
    assert 'id="PFS"' in again
    assert 'id="OS"' not in again


def test_the_curves_alone_are_for_readers_of_the_study_and_endpoints_of_its_protocol(
    client: Client, study: Study
) -> None:
    address = reverse("analytics:study_curves", args=[study.key])
    client.force_login(coordinator(study))
    assert client.get(address, {"endpoint": "XX"}).status_code == 404
    client.force_login(data_manager(CentreFactory.create(code="Z")))
    assert client.get(address).status_code == 404


def test_asking_whether_curves_have_changed_takes_few_queries(
    client: Client, study: Study, django_assert_max_num_queries
) -> None:
    client.force_login(coordinator(study))
    html = page(client, study)
    with django_assert_max_num_queries(8):
        assert ask_again(client, html).status_code == 204


def test_a_page_that_asks_by_itself_does_not_keep_its_reader_signed_in(client, study) -> None:
    client.force_login(coordinator(study))
    html = page(client, study)
    seen = client.session[SEEN]
    with time_machine.travel(NOW + dt.timedelta(seconds=IDLE_SECONDS), tick=False):
        assert ask_again(client, html).status_code == 204
        assert client.session[SEEN] == seen
    with time_machine.travel(NOW + dt.timedelta(seconds=IDLE_SECONDS + 1), tick=False):
        assert ask_again(client, html).status_code == 401


def test_the_programming_interface_never_answers_from_stale_tables(study: Study) -> None:
    api = Api(coordinator(study))
    address = "studies/jinling/curves/LC/"
    kept = api.get(address).json()
    fail("A-5")
    computed = api.get(address).json()
    keep(study)
    again = api.get(address).json()
    cut = api.get(f"{address}?data_cut=2026-03-02").json()
    assert (kept["events"], computed["events"]) == (3, 4)
    assert again == computed
    assert {**cut, "data_cut": None} == computed
