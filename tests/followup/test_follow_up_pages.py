"""The pages and files of the figures of follow-up: what they show to whom, on 1 July 2024."""

import csv
import html
import io
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followup.selectors.follow_up import Period, Reach, follow_up
from registry.models import Centre
from registry.scope import ScopeError, scoped_to
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    MembershipFactory,
    ParticipationFactory,
    StudyFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.followup.factories import open_visit
from tests.followup.two_centres import NOW, TODAY, TwoCentres, two_centres

pytestmark = [pytest.mark.django_db, pytest.mark.services]

OWN = "/follow-up/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world() -> TwoCentres:
    """Beside what is there: a visit planned in A and in B, one met, radiotherapy and a contact."""
    world = two_centres()
    one, other = world.patients["A-1"], world.patients["B-1"]
    open_visit(one, "2024-08-14", outstanding=["clinic", "local_imaging"])
    open_visit(other, "2024-08-20", outstanding=["clinic", "systemic_imaging"])
    open_visit(one, "2024-06-10", key="last_rt_day-m01", state="done")
    CourseFactory.create(patient=one, started_on="2024-06-01", ended_on=None)
    AssessmentFactory.create(patient=one, assessed_on="2024-06-16")
    return world


@pytest.fixture
def address(world: TwoCentres) -> str:
    return reverse("followup:figures", args=[world.study.key])


def signed_in(client: Client, person) -> Client:
    client.force_login(person)
    return client


def rows_of(page: str, section: str) -> list[list[str]]:
    """The rows of the table in a section, cells as text."""
    part = page.split(f'id="{section}"')[1].split("</table>")[0]
    body = part.split("<tbody>")[1]
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", " ", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]


def test_the_page_shows_every_centre_and_all_together(client: Client, world, address) -> None:
    page = signed_in(client, coordinator(world.study)).get(address).content.decode()

    # Windows closed on 1 and 21 June: 30 and 10 days ago.
    assert rows_of(page, "overdue") == [
        ["Centre A", "0", "2", "0", "0", "0", "2", "0"],
        ["Centre B", "0", "0", "0", "0", "0", "0", "0"],
        ["Together", "0", "2", "0", "0", "0", "2", "0"],
    ]
    # One of three in its window; by hand: centre (1/3 + 0.64024) / 2.28049 = 0.42691, half width
    # 1.95996 · √(0.0740741 + 0.1067072) / 2.28049 = 0.36542.
    assert [[cell.split("\n")[0] for cell in row] for row in rows_of(page, "windows")] == [
        ["Centre A", "33.3 % 6.1 to 79.2 %", "3", "1", "0", "0", "0", "0", "2"],
        ["Centre B", "–", "0", "0", "0", "0", "0", "0", "0"],
        ["Together", "33.3 % 6.1 to 79.2 %", "3", "1", "0", "0", "0", "0", "2"],
    ]
    # Radiotherapy of one patient only is dated: seen for 15 of 30 days.
    assert [row[:2] + row[2:6] for row in rows_of(page, "completeness")] == [
        ["Centre A", "50.0 %", "1", "0.0", "0.1", "3"],
        ["Centre B", "–", "0", "0.0", "0.0", "1"],
        ["Together", "50.0 %", "1", "0.0", "0.1", "4"],
    ]
    # Targets on 31 July and 6 August, and 17 December of the visit that two_centres plans.
    assert rows_of(page, "forecast")[:3] == [
        ["Overdue now", "0", "0", "0", "0"],
        ["Jul 2024", "1", "0", "1", "0"],
        ["Aug 2024", "1", "0", "0", "1"],
    ]
    assert "CANARY" not in page.upper()
    assert not re.search(r"[AB]-\d", page.split("<main")[1])


def test_the_forecast_is_drawn_in_two_widths_with_the_numbers_in_words(
    client: Client, world, address
) -> None:
    page = signed_in(client, coordinator(world.study)).get(address).content.decode()

    drawn = re.findall(r'<svg class="figure figure-forecast.*?</svg>', page, re.DOTALL)
    assert len(drawn) == 2
    assert "Clinics: 2; Local imaging (MRI or CT): 1; Chest imaging (CT): 1" in drawn[0]
    assert "<title>Jul 2024: Clinics, 1</title>" in drawn[0]
    assert len(set(re.findall(r'pattern id="([^"]+)"', page))) == 4
    assert " style=" not in drawn[0]


def test_the_forecast_can_be_cut_to_a_centre(client: Client, world, address) -> None:
    client = signed_in(client, coordinator(world.study))

    page = client.get(address, {"centre": "B"}).content.decode()

    assert rows_of(page, "forecast")[1] == ["Jul 2024", "0", "0", "0", "0"]
    assert rows_of(page, "forecast")[2] == ["Aug 2024", "1", "0", "0", "1"]
    assert len(rows_of(page, "overdue")) == 3


def test_overdue_visits_lead_to_their_patients(client: Client, world, address) -> None:
    client = signed_in(client, coordinator(world.study))
    page = client.get(address).content.decode()
    (link,) = re.findall(r'href="(/patients/\?[^"]+)">2<', page)

    grid = client.get(html.unescape(link)).content.decode()

    names = re.findall(r'<th scope="row" class="id"><a href="[^"]+">([^<]+)</a>', grid)
    assert names == ["A-2", "A-3"]


def test_the_days_are_chosen(client: Client, world, address) -> None:
    client = signed_in(client, coordinator(world.study))

    asked = {"first_day": "2024-06-10", "last_day": "2024-06-20"}
    page = client.get(address, asked).content.decode()

    assert rows_of(page, "windows")[0][:3] == [
        "Centre A",
        rows_of(page, "windows")[0][1],
        "1",
    ]
    assert rows_of(page, "windows")[0][1].startswith("100.0 %")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"first_day": "2024-06-10", "last_day": "2024-06-09"}, "not before the first one"),
        ({"last_day": "2024-07-01"}, "a day before today"),
        ({"first_day": "yesterday"}, "Enter a valid date"),
        ({"first_day": ""}, "This field is required"),
        ({"centre": "Z"}, "Z is not one of the available choices"),
    ],
)
def test_what_cannot_be_shown_is_named_at_its_field(
    client: Client, world, address, asked: dict[str, str], told: str
) -> None:
    client = signed_in(client, coordinator(world.study))

    response = client.get(address, asked)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert "Centre A" in response.content.decode()


def test_a_file_over_days_that_are_none_is_refused(client: Client, world, address) -> None:
    client = signed_in(client, coordinator(world.study))
    file = reverse("followup:figures_csv", args=[world.study.key])

    response = client.get(file, {"first_day": "2024-06-31"})

    assert response.status_code == 422
    assert "first_day" in response.content.decode()


def read(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_the_figures_are_saved_as_a_file_without_formulas(client: Client, world) -> None:
    Centre.objects.filter(pk=world.b.pk).update(name="=cmd|' /C calc'!A0")
    client = signed_in(client, coordinator(world.study))

    response = client.get(reverse("followup:figures_csv", args=[world.study.key]))

    head, *rows = read(response)
    assert [row[:10] for row in rows] == [
        ["jinling", "A", "Centre A", "0", "2", "0", "0", "0", "2", "0"],
        ["jinling", "B", "'=cmd|' /C calc'!A0", "0", "0", "0", "0", "0", "0", "0"],
        ["", "", "Together", "0", "2", "0", "0", "0", "2", "0"],
    ]
    # 15 of 30 days are 0.04 and 0.08 person-years.
    assert rows[0][10:] == [
        *("3", "1", "0", "0", "0", "0", "2", "33.3", "6.1", "79.2"),
        *("1", "3", "0.0", "0.1", "50.0", "0", "1", "", "", ""),
    ]
    assert {len(row) for row in rows} == {len(head)}
    assert response["Content-Disposition"] == (
        'attachment; filename="follow-up-jinling-2024-07-01.csv"'
    )


def test_the_forecast_is_saved_as_a_file(client: Client, world) -> None:
    client = signed_in(client, coordinator(world.study))

    _head, *rows = read(client.get(reverse("followup:forecast_csv", args=[world.study.key])))

    assert len(rows) == 3 * 14
    assert rows[1] == ["jinling", "A", "Centre A", "2024-07", "1", "0", "1", "0"]
    assert rows[16] == ["jinling", "B", "Centre B", "2024-08", "1", "0", "0", "1"]
    assert rows[28] == ["", "", "Together", "overdue now", "0", "0", "0", "0"]


def test_a_data_manager_sees_the_own_centre_in_all_its_studies(client: Client, world) -> None:
    """B-3 is a patient of B in another study, whose visit closed on 31 January."""
    client = signed_in(client, data_manager(world.b))

    page = client.get(OWN).content.decode()

    assert [row[0].split() for row in rows_of(page, "overdue")] == [
        ["Study", "cams", "Centre", "B"],
        ["Study", "jinling", "Centre", "B"],
        ["Together"],
    ]
    assert [row[4:7] for row in rows_of(page, "overdue")] == [
        ["1", "0", "1"],
        ["0", "0", "0"],
        ["1", "0", "1"],
    ]
    assert rows_of(page, "forecast")[2] == ["Aug 2024", "1", "0", "0", "1"]
    assert "Centre A" not in page

    page = client.get(OWN, {"study": "cams"}).content.decode()
    assert rows_of(page, "forecast")[2] == ["Aug 2024", "0", "0", "0", "0"]


def test_the_files_of_the_own_centre_hold_nothing_of_others(client: Client, world) -> None:
    client = signed_in(client, data_manager(world.b))

    figures = read(client.get(reverse("followup:own_figures_csv")))
    forecast = read(client.get(reverse("followup:own_forecast_csv")))

    assert {(row[0], row[1]) for row in figures[1:]} == {("cams", "B"), ("jinling", "B"), ("", "")}
    assert {row[1] for row in forecast[1:]} == {"B", ""}


def test_who_belongs_to_no_centre_is_told_so_and_led_to_the_own_studies(
    client: Client, world, address
) -> None:
    page = signed_in(client, coordinator(world.study)).get(OWN).content.decode()

    assert "You belong to no centre" in page
    assert f'href="{address}"' in page
    assert "Centre A" not in page


def test_only_the_coordinators_of_the_study_see_it(client: Client, world: TwoCentres) -> None:
    names = ("followup:figures", "followup:figures_csv", "followup:forecast_csv")
    places = [reverse(name, args=[world.study.key]) for name in names]
    analyst = UserFactory.create()
    MembershipFactory.create(user=analyst, role="analyst", study=world.study)
    answers = {}
    for name, person in {
        "data manager": data_manager(world.a),
        "monitor": monitor(world.study),
        "analyst": analyst,
        "administrator": administrator(),
        "coordinator of another study": coordinator(StudyFactory.create(key="cnao")),
    }.items():
        client.force_login(person)
        answers[name] = [client.get(place).status_code for place in places]

    assert answers == {
        "data manager": [403] * 3,
        "monitor": [403] * 3,
        "analyst": [403] * 3,
        "administrator": [403] * 3,
        "coordinator of another study": [404] * 3,
    }


def test_who_does_not_see_all_the_patients_is_told_nothing(world: TwoCentres) -> None:
    period = Period.before(TODAY)
    with scoped_to(data_manager(world.a)):
        assert len(follow_up(Reach((world.study,), [world.a.pk]), period, TODAY)) == 1
        for reach in (Reach((world.study,)), Reach((world.study,), [world.a.pk, world.b.pk])):
            with pytest.raises(ScopeError):
                follow_up(reach, period, TODAY)


def test_shifted_dates_are_counted_nowhere(client: Client, world, address) -> None:
    world.study.dates_are_relative = True
    world.study.save()

    page = signed_in(client, coordinator(world.study)).get(address).content.decode()
    assert "Dates of this study are shifted" in page
    assert "<table" not in page

    page = signed_in(client, data_manager(world.a)).get(OWN).content.decode()
    assert "Not counted here" in page
    assert "Study jinling" in page
    assert "<table" not in page


@pytest.mark.parametrize("own", [False, True])
def test_more_centres_studies_and_patients_ask_no_more_of_the_database(
    client: Client, world: TwoCentres, address: str, own: bool
) -> None:
    person = data_manager(world.a) if own else coordinator(world.study)
    place = OWN if own else address
    signed_in(client, person).get(place)
    with CaptureQueriesContext(connection) as few:
        client.get(place)
    for number in range(3):
        centre = CentreFactory.create()
        ParticipationFactory.create(study=world.study, centre=centre)
        for at in (centre, world.a):
            enrolment = EnrolmentFactory.create(
                patient__centre=at, protocol_version=world.study.protocol_version()
            )
            open_visit(enrolment.patient, f"2024-0{number + 4}-01", outstanding=["clinic"])
    with CaptureQueriesContext(connection) as many:
        client.get(place)

    assert len(many) == len(few)
