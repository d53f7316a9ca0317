"""Expected visits by the programming interface."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import CentreFactory, coordinator, data_manager, monitor
from tests.followup.factories import expected, followed
from tests.registry.api.client import Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]

TODAY = dt.date(2024, 6, 1)
"""Of visits counted from 31 January 2024, month 3 (until 14 May) is overdue then."""


@pytest.fixture
def june():
    with time_machine.travel(dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC), tick=False):
        yield


def test_visits_are_listed_with_their_status_of_today() -> None:
    enrolment = followed(centre=CentreFactory.create(code="A"))
    expected(enrolment, TODAY)
    api = Api(data_manager(enrolment.patient.centre))

    shown = api.get("expected-visits/?status=overdue").json()["results"]

    assert [(one["name"], one["target"], one["status"]) for one in shown] == [
        ("Month 3", "2024-04-30", "overdue")
    ]
    assert shown[0]["patient"] == enrolment.patient.pseudonym
    assert (shown[0]["centre"], shown[0]["study"]) == ("A", "jinling")
    assert api.get(f"expected-visits/{shown[0]['id']}/").json() == shown[0]


def test_visits_are_cut_by_patient_and_window() -> None:
    here = CentreFactory.create()
    one, other = followed(centre=here), followed(centre=here)
    for enrolment in (one, other):
        expected(enrolment, TODAY)
    api = Api(data_manager(here))

    def labels(query: str) -> list[str]:
        rows = api.get(f"expected-visits/?patient={one.patient.pseudonym}&{query}").json()
        return [row["name"] for row in rows["results"]]

    assert labels("from=2024-07-01&to=2024-08-31") == ["Month 6"]
    assert labels("to=2024-05-01") == ["Month 3"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("status=late", "status"),
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
        ("ordering=target", "ordering"),
        ("enrolment__patient__identity=1", "enrolment__patient__identity"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(query: str, named: str) -> None:
    refused = Api(data_manager(CentreFactory.create())).get(f"expected-visits/?{query}")

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == named


def test_visits_of_another_centre_are_not_there() -> None:
    enrolment = followed()
    visit = next(iter(expected(enrolment, TODAY).values()))
    api = Api(data_manager(CentreFactory.create()))

    assert api.get("expected-visits/").json()["results"] == []
    assert api.get(f"expected-visits/{visit.pk}/").status_code == 404
    assert api.get(f"expected-visits/{visit.pk}/words/").status_code == 404
    said = api.post(f"expected-visits/{visit.pk}/words/", {"kind": "missed", "reason": "x"})
    assert said.status_code == 404


def test_the_centre_says_that_a_visit_was_missed_and_why() -> None:
    enrolment = followed()
    expected(enrolment, TODAY)
    api = Api(data_manager(enrolment.patient.centre))
    (visit,) = api.get("expected-visits/?status=overdue").json()["results"]
    words = f"expected-visits/{visit['id']}/words/"

    said = api.post(words, {"kind": "missed", "reason": "Patient was abroad"})

    assert said.status_code == 201, said.content
    assert api.get(f"expected-visits/{visit['id']}/").json()["status"] == "missed"
    (held,) = api.get(words).json()["results"]
    assert (held["kind"], held["reason"], held["replaced_at"]) == (
        "missed",
        "Patient was abroad",
        None,
    )


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "missed"},
        {"kind": "missed", "reason": "  "},
        {"kind": "postponed", "reason": "holiday"},
        {"kind": "missed", "reason": "holiday", "postponed_to": "2024-07-01"},
        {"kind": "forgotten", "reason": "holiday"},
        {"kind": "missed", "reason": "holiday", "by": 1},
        [],
    ],
)
def test_a_word_that_cannot_be_is_refused(body: Any) -> None:
    enrolment = followed()
    expected(enrolment, TODAY)
    api = Api(data_manager(enrolment.patient.centre))
    (visit,) = api.get("expected-visits/?status=overdue").json()["results"]

    refused = api.post(f"expected-visits/{visit['id']}/words/", body)

    assert refused.status_code == 422, refused.content
    assert api.get(f"expected-visits/{visit['id']}/").json()["status"] == "overdue"


def test_those_who_watch_a_study_read_and_do_not_speak_for_the_centre() -> None:
    enrolment = followed()
    expected(enrolment, TODAY)
    for person in (coordinator(enrolment.study), monitor(enrolment.study)):
        api = Api(person)
        (visit,) = api.get("expected-visits/?status=overdue").json()["results"]
        for body in ({"kind": "missed", "reason": "x"}, {}):
            said = api.post(f"expected-visits/{visit['id']}/words/", body)
            assert said.status_code == 403


def test_a_list_takes_as_many_queries_for_three_patients_as_for_one() -> None:
    centre = CentreFactory.create()
    expected(followed(centre=centre), TODAY)
    api = Api(data_manager(centre))
    api.get("expected-visits/")

    with CaptureQueriesContext(
        connection,
    ) as few:
        api.get("expected-visits/?limit=200")
    for _more in range(2):
        expected(followed(centre=centre), TODAY)
    with CaptureQueriesContext(connection) as many:
        api.get("expected-visits/?limit=200")

    assert len(many) == len(few)


def test_a_word_is_taken_back_and_stays_on_record() -> None:
    enrolment = followed()
    expected(enrolment, TODAY)
    api = Api(data_manager(enrolment.patient.centre))
    (visit,) = api.get("expected-visits/?status=overdue").json()["results"]
    words = f"expected-visits/{visit['id']}/words/"
    api.post(words, {"kind": "missed", "reason": "Patient was abroad"})

    refused = api.post(f"{words}withdraw/", {"reason": ""})
    taken = api.post(f"{words}withdraw/", {"reason": "Another patient was meant"})
    again = api.post(f"{words}withdraw/", {"reason": "Another patient was meant"})

    assert (refused.status_code, taken.status_code, again.status_code) == (422, 200, 422)
    assert api.get(f"expected-visits/{visit['id']}/").json()["status"] == "overdue"
    (held,) = api.get(words).json()["results"]
    assert held["withdrawn_reason"] == "Another patient was meant"
    assert held["replaced_at"] is not None


def test_a_refused_word_names_the_member_of_the_body() -> None:
    enrolment = followed()
    expected(enrolment, TODAY)
    api = Api(data_manager(enrolment.patient.centre))
    (visit,) = api.get("expected-visits/?status=overdue").json()["results"]
    body = {"kind": "postponed", "reason": "holiday", "postponed_to": "2024-04-01"}

    refused = api.post(f"expected-visits/{visit['id']}/words/", body)

    assert refused.status_code == 422
    (error,) = refused.json()["errors"]
    assert (error["field"], error["check"]) == ("postponed_to", "word")
