"""The pages on which the centre says why visits are not as expected."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followup.models import ExpectedVisit, VisitOverride
from followup.schedules import OverrideKind
from followup.services import say_about_visit
from registry.models import Course, Enrolment, User
from registry.scope import system_scope
from tests.factories import CentreFactory, IdentityFactory, coordinator, data_manager, monitor
from tests.followup.factories import expected, followed, full_visit, stored

pytestmark = pytest.mark.django_db

TODAY = dt.date(2024, 6, 1)
"""Month 3 (window 16 April to 14 May) is overdue, month 6 opens on 17 July."""

HOME = reverse("registry:home")
MISSED = reverse("followup:visits_missed")


@pytest.fixture(autouse=True)
def _june():
    with time_machine.travel(dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC), tick=False):
        yield


@pytest.fixture
def enrolment() -> Enrolment:
    enrolment = followed(centre=CentreFactory.create(name="Centre A"))
    expected(enrolment, TODAY)
    return enrolment


@pytest.fixture
def visit(enrolment: Enrolment) -> ExpectedVisit:
    return stored(enrolment)["m03"]


@pytest.fixture
def manager(client: Client, enrolment: Enrolment) -> User:
    """The data manager of the patient's centre, signed in."""
    user = data_manager(enrolment.patient.centre, display_name="Data manager of Centre A")
    client.force_login(user)
    return user


def address(visit: ExpectedVisit, **query: str) -> str:
    return reverse("followup:visit_word", args=[visit.pk], query=query or None)


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def say(client: Client, visit: ExpectedVisit, **values: Any) -> Any:
    said = {"do": "say", "kind": "missed", "usual": "2", "reason": "", "seen": "0"}
    return client.post(address(visit), said | values)


def state(visit: ExpectedVisit) -> str:
    with system_scope():
        return str(ExpectedVisit.objects.get(pk=visit.pk).state)


def words() -> list[VisitOverride]:
    with system_scope():
        return list(VisitOverride.objects.order_by("pk"))


@pytest.mark.usefixtures("manager")
class TestOneVisit:
    def test_the_page_shows_the_visit_and_what_can_be_said(self, client, visit, enrolment):
        page = read(client, address(visit))
        assert f"Month 3 of {enrolment.patient.pseudonym}" in page
        assert "18 days overdue" in page
        assert "30 Apr 2024" in page
        assert re.search("16 Apr 2024</time> – <time[^>]*>14 May 2024", page)
        for words in ("It was missed", "The treating doctor postponed it", "It does not apply"):
            assert words in page
        assert "Nothing yet." in page
        assert "Take it back" not in page

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            ({"usual": "2"}, "The patient did not come"),
            ({"usual": "", "reason": " Snow "}, "Snow"),
            ({"usual": "5", "reason": "in hospital"}, "The patient was away: in hospital"),
        ],
    )
    def test_a_reason_is_chosen_or_written_or_both(self, client, visit, values, reason):
        assert say(client, visit, **values).status_code == 302
        assert [word.reason for word in words()] == [reason]
        assert state(visit) == "missed"

    def test_a_visit_is_postponed(self, client, visit):
        say(client, visit, kind="postponed", postponed_to="2024-06-20", usual="4")
        assert words()[0].postponed_to == dt.date(2024, 6, 20)
        assert "20 Jun 2024" in read(client, address(visit))

    def test_one_that_does_not_apply_is_cancelled(self, client, visit):
        say(client, visit, kind="not_applicable", usual="8")
        assert state(visit) == "cancelled"

    @pytest.mark.parametrize(
        ("values", "field", "message"),
        [
            ({"kind": ""}, "kind", "Choose one of the three"),
            ({"kind": "forgotten"}, "kind", "Select a valid choice"),
            ({"usual": ""}, "usual", "Choose a reason, or write it in words"),
            ({"usual": "99"}, "usual", "Select a valid choice"),
            ({"kind": "postponed"}, "postponed_to", "Give the new date"),
            ({"kind": "postponed", "postponed_to": "tomorrow"}, "postponed_to", "Type a day"),
            ({"kind": "postponed", "postponed_to": "2024-01-10"}, "postponed_to", "a later day"),
            ({"postponed_to": "2024-07-01"}, "postponed_to", "belongs to a postponed visit"),
            ({"reason": "Quillanova was away"}, "reason", "without the patient's name"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(
        self, client, visit, enrolment, values, field, message
    ):
        IdentityFactory.create(patient=enrolment.patient, family_name="Quillanova")
        answer = say(client, visit, **values)
        page = html.unescape(answer.content.decode())
        assert answer.status_code == 422
        (line,) = re.findall('<li><a href="#id_([^"]*)">(.*?)</a></li>', page)
        assert line[0].startswith(field)
        assert message in line[1]
        assert words() == []

    def test_what_somebody_said_meanwhile_is_shown_before_it_is_replaced(self, client, visit):
        say_about_visit(visit, by=None, kind=OverrideKind.MISSED, reason="Was abroad", today=TODAY)
        answer = say(client, visit)
        assert answer.status_code == 422
        page = html.unescape(answer.content.decode())
        assert "was changed meanwhile" in page
        assert "Was abroad" in page
        assert len(words()) == 1

    def test_a_word_is_taken_back_and_stays_on_the_page(self, client, visit, manager):
        say(client, visit)
        seen = words()[0].pk
        taken = {"do": "withdraw", "withdraw-seen": seen}
        refused = client.post(address(visit), taken | {"withdraw-reason": " "})
        assert refused.status_code == 422
        client.post(address(visit), taken | {"withdraw-reason": "Another patient was meant"})
        assert state(visit) == "open"
        page = read(client, address(visit))
        assert "The patient did not come" in page
        assert re.search("Taken back <time[^>]*>1 Jun 2024", page)
        assert f"by {manager}: Another patient was meant" in page

    def test_a_visit_that_is_done_takes_no_word(self, client, visit, enrolment):
        full_visit(enrolment, "2024-05-02")
        expected(enrolment, TODAY)
        assert "This visit is done." in read(client, address(visit))
        answer = say(client, visit)
        assert answer.status_code == 422
        assert words() == []

    def test_of_a_visit_without_date_one_thing_can_be_said(self, client, enrolment):
        with system_scope():
            Course.objects.filter(patient=enrolment.patient).update(ended_on=None)
        waiting = expected(enrolment, TODAY)["waiting"]
        page = read(client, address(waiting))
        assert "It does not apply to this patient" in page
        assert "It was missed" not in page
        assert "New date" not in page
        say(client, waiting, kind="not_applicable")
        assert state(waiting) == "cancelled"

    def test_a_visit_that_the_schedule_does_not_ask_for_any_more_is_not_there(
        self, client, visit, enrolment
    ):
        with system_scope():
            Course.objects.filter(patient=enrolment.patient).update(ended_on=None)
        expected(enrolment, TODAY)
        read(client, address(visit), 404)

    def test_the_patients_page_leads_there_and_keeps_the_reasons(self, client, visit, enrolment):
        patient = reverse("registry:patient", args=[enrolment.patient.pseudonym])
        assert f'href="{address(visit)}">Say why not' in read(client, patient)
        answer = say(client, visit)
        assert answer["Location"] == f"{patient}#visits"
        page = read(client, patient)
        assert "Missed: The patient did not come" in page
        assert f'href="{address(visit)}">Change' in page


class TestReturning:
    def test_from_the_worklist_one_comes_back_to_the_line_below(self, client, enrolment, manager):
        below = expected(followed(centre=enrolment.patient.centre, ended_on="2024-02-03"), TODAY)[
            "m03"
        ]
        visit = stored(enrolment)["m03"]
        wanted = f"{HOME}#visit-{below.pk}"
        assert address(visit, next=wanted) in read(client, HOME)
        assert address(below, next=f"{HOME}#overdue") in read(client, HOME)
        assert f'name="next" value="{wanted}"' in read(client, address(visit, next=wanted))
        assert say(client, visit, next=wanted)["Location"] == wanted
        assert f'id="visit-{below.pk}"' in read(client, HOME)

    @pytest.mark.parametrize(
        "elsewhere",
        ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "x"],
    )
    @pytest.mark.usefixtures("manager")
    def test_nobody_is_led_off_the_site(self, client, visit, enrolment, elsewhere):
        patient = reverse("registry:patient", args=[enrolment.patient.pseudonym])
        assert "example.org" not in read(client, address(visit, next=elsewhere))
        assert say(client, visit, next=elsewhere)["Location"] == f"{patient}#visits"


def test_those_who_read_the_case_elsewhere_do_not_speak_for_the_centre(client, visit, enrolment):
    patient = reverse("registry:patient", args=[enrolment.patient.pseudonym])
    for person in (coordinator(enrolment.study), monitor(enrolment.study)):
        client.force_login(person)
        read(client, address(visit), 403)
        assert say(client, visit).status_code == 403
        for page in (patient, HOME):
            assert "Say why not" not in read(client, page)
            assert 'type="checkbox"' not in read(client, page)
        assert client.get(MISSED).status_code == 403
        assert client.post(MISSED, {"visits": [visit.pk]}).status_code == 403
    client.force_login(data_manager(CentreFactory.create()))
    read(client, address(visit), 404)
    assert words() == []


@pytest.mark.usefixtures("manager")
class TestSeveralVisits:
    @pytest.fixture
    def overdue(self, enrolment: Enrolment) -> list[ExpectedVisit]:
        """Month 3 of three patients of the centre."""
        more = [followed(centre=enrolment.patient.centre) for _one in range(2)]
        return [expected(one, TODAY)["m03"] for one in (enrolment, *more)]

    def missed(self, client: Client, ticked: list[ExpectedVisit], **values: Any) -> Any:
        keys = [visit.pk for visit in ticked]
        return client.post(MISSED, {"visits": keys, "usual": "7", "reason": "", **values})

    def test_overdue_visits_are_ticked_on_the_worklist(self, client, overdue):
        page = read(client, HOME)
        form = page.split('id="missed"')[1].split("</form>")[0]
        assert f'action="{MISSED}"' in form
        ticks = re.findall(
            '<input type="checkbox" form="missed" name="visits" value="([0-9]+)"', page
        )
        assert sorted(map(int, ticks)) == sorted(visit.pk for visit in overdue)

    def test_the_ticked_ones_are_listed_and_get_one_reason(self, client, overdue):
        query = "&".join(f"visits={visit.pk}" for visit in overdue[:2])
        page = read(client, f"{MISSED}?{query}")
        assert re.findall('name="visits" value="([0-9]+)" checked', page) == [
            str(visit.pk) for visit in overdue[:2]
        ]
        answer = self.missed(client, overdue[:2], reason="scanner out of order")
        assert answer["Location"] == f"{HOME}#overdue"
        assert [word.reason for word in words()] == [
            "No appointment was free: scanner out of order"
        ] * 2
        assert [state(visit) for visit in overdue] == ["missed", "missed", "open"]

    def test_without_a_reason_or_a_tick_nothing_is_written(self, client, overdue):
        answer = self.missed(client, overdue, usual="")
        assert answer.status_code == 422
        assert "Choose a reason" in answer.content.decode()
        query = f"{MISSED}?visits={overdue[0].pk}"
        answer = client.post(query, {"usual": "7"})
        assert answer.status_code == 422
        assert "Tick at least one visit." in answer.content.decode()
        assert f'value="{overdue[0].pk}">' in answer.content.decode(), "it is offered again"
        assert words() == []

    def test_if_one_is_not_overdue_any_more_none_is_written(self, client, overdue):
        full_visit(overdue[1].enrolment, "2024-05-02")
        expected(overdue[1].enrolment, TODAY)
        answer = self.missed(client, overdue)
        assert answer.status_code == 422
        assert "is not overdue any more" in answer.content.decode()
        assert words() == []

    def test_the_reason_names_none_of_the_patients(self, client, overdue):
        patient = overdue[2].enrolment.patient
        IdentityFactory.create(patient=patient, family_name="Quillanova")
        answer = self.missed(client, overdue, reason="Quillanova did not come")
        assert answer.status_code == 422
        assert words() == []

    def test_visits_of_other_centres_are_not_there(self, client, overdue):
        stranger = expected(followed(), TODAY)["m03"]
        answer = self.missed(client, [overdue[0], stranger])
        assert answer.status_code == 422
        assert stranger.enrolment.patient.pseudonym not in answer.content.decode()
        assert words() == []

    def test_who_reads_a_patient_of_another_centre_does_not_speak_for_it(
        self, client, overdue, enrolment
    ):
        other = data_manager(CentreFactory.create())
        other.memberships.create(role="coordinator", study=enrolment.study)
        client.force_login(other)
        assert self.missed(client, overdue).status_code == 403

    @pytest.mark.parametrize("given", ["", "visits=x", f"visits={'9' * 40}", "visits=-1"])
    def test_with_nothing_ticked_the_page_says_what_to_do(self, client, given):
        assert "Tick overdue visits on the worklist first" in read(client, f"{MISSED}?{given}")

    def test_queries_do_not_grow_with_the_visits(
        self, client, overdue, django_assert_max_num_queries, django_assert_num_queries
    ):
        def path(visits: list[ExpectedVisit]) -> str:
            return f"{MISSED}?" + "&".join(f"visits={visit.pk}" for visit in visits)

        read(client, path(overdue))
        with django_assert_max_num_queries(40) as one:
            read(client, path(overdue[:1]))
        with django_assert_num_queries(len(one)):
            read(client, path(overdue))
