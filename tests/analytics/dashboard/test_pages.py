"""The dashboard for people of the study, and the page on which it is opened and closed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from analytics.dashboard.reading import setting_in_force
from analytics.models import Audience, DashboardSetting
from registry.models import Centre, Study, User
from registry.models.choices import Role
from tests.analytics.dashboard.opening import answer, open_to, public
from tests.analytics.extract.cohort import enrol, study_of
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2026, 3, 2, 8, 15, tzinfo=dt.UTC)


@pytest.fixture
def study(time_machine: Any) -> Study:
    """Six patients at centre A, which takes part."""
    time_machine.move_to(NOW, tick=False)
    made = study_of("jinling")
    for number in range(1, 7):
        enrol(made, f"A-{number}")
    ParticipationFactory.create(study=made, centre=Centre.objects.get(code="A"))
    return made


def reader(study: Study) -> User:
    user = UserFactory.create()
    MembershipFactory.create(user=user, role=Role.READER, study=study)
    return user


def get(user: User, name: str, study: Study) -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.get(reverse(f"analytics:{name}", args=[study.key]))  # type: ignore[return-value]


def send(user: User, study: Study, **sent: Any) -> HttpResponse:
    """The form as the person has it before them, with some values changed."""
    client = Client()
    client.force_login(user)
    form = {
        "audience": "study",
        "shows": ["accrual", "LC", "OS"],
        "centres": "numbered",
        "seen": setting_in_force(study).number,
    }
    address = reverse("analytics:dashboard_settings", args=[study.key])
    return client.post(address, form | sent)  # type: ignore[return-value]


def path_in(response: HttpResponse) -> str:
    """The public address that a page shows, as a path."""
    (address,) = re.findall(r'id="address" href="([^"]*)"', response.content.decode())
    return address.removeprefix("http://testserver")


# Who reads it


def test_a_closed_dashboard_is_there_for_those_only_who_steer_the_study(study) -> None:
    people = [monitor(study), reader(study), data_manager(Centre.objects.get(code="A"))]

    assert [get(one, "dashboard", study).status_code for one in people] == [404] * 3
    page = get(coordinator(study), "dashboard", study)
    assert page.status_code == 200
    assert "only those who steer the study see this page" in page.content.decode()


@pytest.mark.parametrize("audience", [Audience.STUDY, Audience.PUBLIC])
def test_an_open_one_is_there_for_everybody_of_the_study_and_of_its_centres(
    study, audience
) -> None:
    open_to(audience, study)
    people = [
        coordinator(study),
        monitor(study),
        reader(study),
        data_manager(Centre.objects.get(code="A")),
    ]
    others = [
        data_manager(CentreFactory.create(code="Z")),
        coordinator(study_of("cams")),
        administrator(),
        UserFactory.create(),
    ]

    assert [get(one, "dashboard", study).status_code for one in people] == [200] * 4
    assert [get(one, "dashboard", study).status_code for one in others] == [404] * 4
    stranger = answer(reverse("analytics:dashboard", args=[study.key]))
    assert stranger["Location"].startswith("/login/")


def test_everybody_is_shown_the_whole_study_as_a_reader_of_figures(study) -> None:
    open_to(Audience.STUDY, study)
    enrol(study, "B-1", centre="B")

    pages = [
        get(one, "dashboard", study).content.decode()
        for one in (coordinator(study), reader(study), data_manager(Centre.objects.get(code="A")))
    ]
    for page in pages:
        assert "<b>7</b>" in page
        assert "&lt; 5" in page  # the one patient of centre B


def test_the_page_of_the_study_leads_to_it_when_there_is_something_to_see(study) -> None:
    link = reverse("analytics:dashboard", args=[study.key])
    people = [coordinator(study), reader(study)]

    def leads() -> list[bool]:
        return [link in get(one, "study", study).content.decode() for one in people]

    assert leads() == [True, False]
    open_to(Audience.STUDY, study)
    assert leads() == [True, True]
    open_to(Audience.OFF, study)
    assert leads() == [True, False]


# Who opens it


def test_those_only_who_steer_the_study_open_and_close_it(study) -> None:
    for person in (monitor(study), reader(study), data_manager(Centre.objects.get(code="A"))):
        assert get(person, "dashboard_settings", study).status_code == 403
        assert send(person, study).status_code == 403
    other = coordinator(study_of("cams"))
    assert send(other, study).status_code == 404

    assert not DashboardSetting.objects.exists()


def test_a_new_public_address_is_shown_once(study) -> None:
    person = coordinator(study)
    response = send(person, study, audience="public")
    path = path_in(response)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert answer(path).status_code == 200
    assert path not in get(person, "dashboard_settings", study).content.decode()


def test_the_address_is_replaced_by_a_button(study) -> None:
    person, first = coordinator(study), public(study)
    second = path_in(send(person, study, do="replace", audience="public"))

    assert second != first
    assert (answer(first).status_code, answer(second).status_code) == (404, 200)


def test_what_is_chosen_is_shown_and_who_has_set_what_is_listed(study) -> None:
    person = coordinator(study, display_name="Coordinator, jinling")
    assert send(person, study, shows=["OS"], centres="named").status_code == 302
    assert send(person, study, audience="public").status_code == 200
    assert send(person, study, audience="off").status_code == 302

    html = get(person, "dashboard_settings", study).content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", html.split('id="history"')[1], re.DOTALL)[1:]
    lines = [re.sub(r"<[^>]*>|\s+", " ", row).split() for row in rows]
    words = [" ".join(line) for line in lines]
    assert words == [
        "3 2 Mar 2026 08:15 Coordinator, jinling nobody accrual, centres numbered, LC, OS ended",
        "2 2 Mar 2026 08:15 Coordinator, jinling everybody who has the address, "
        "without signing in accrual, centres numbered, LC, OS new",
        "1 2 Mar 2026 08:15 Coordinator, jinling people of the study and of its centres, "
        "signed in OS –",
    ]


def test_what_was_changed_by_somebody_else_meanwhile_is_not_overwritten(study) -> None:
    open_to(Audience.STUDY, study)
    response = send(coordinator(study), study, audience="public", seen=0)

    assert response.status_code == 422
    assert "Somebody else has changed the dashboard meanwhile" in response.content.decode()
    assert setting_in_force(study).audience == Audience.STUDY


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"shows": []}, "Choose something that the dashboard shows."),
        ({"audience": "world"}, "Select a valid choice."),
        ({"audience": ""}, "This field is required."),
        ({"do": "replace"}, "The dashboard has no public address."),
    ],
)
def test_what_cannot_be_is_refused_with_a_word(study, sent: dict[str, Any], said: str) -> None:
    response = send(coordinator(study), study, **sent)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not DashboardSetting.objects.exists()
