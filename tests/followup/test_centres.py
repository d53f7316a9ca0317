"""The centres of a study side by side: figures counted by hand, order, links, access, queries."""

import csv
import dataclasses
import datetime as dt
import html
import io
import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followup.selectors.centres import CentreLine, in_order, side_by_side
from registry.audit import recorded
from registry.models import AuditEvent, Centre, FormMark
from registry.partial_date import PartialDate
from registry.scope import ScopeError, scoped_to, system_scope
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CorrectionRequestFactory,
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
from tests.followup.two_centres import NOW, TODAY, TwoCentres, two_centres

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world() -> TwoCentres:
    return two_centres()


@pytest.fixture
def address(world: TwoCentres) -> str:
    return reverse("followup:study_centres", args=[world.study.key])


def lines_of(world: TwoCentres) -> dict[str, CentreLine]:
    with scoped_to(coordinator(world.study)):
        found = side_by_side(world.study, TODAY)
    return {line.code: line for line in (*found.lines, found.total)}


def signed_in(client: Client, world: TwoCentres) -> Client:
    client.force_login(coordinator(world.study))
    return client


def test_each_centre_has_the_figures_counted_by_hand(world: TwoCentres) -> None:
    line = lines_of(world)["A"]

    assert line == CentreLine(
        centre=world.a,
        target=20,
        expected=Decimal(12),
        enrolled=4,
        this_month=1,
        last_months=2,
        complete=1,
        missing=5,
        unlikely=1,
        overdue=2,
        overdue_days=30,
        questions=1,
        questions_days=10,
        lost=1,
        died=1,
        withdrawn=1,
        last_entry=None,
        last_enrolment=PartialDate(2024, 7, 1),
    )
    assert (line.percent("complete"), line.percent("lost")) == (25, 25)


def test_the_last_line_sums_the_centres_up(world: TwoCentres) -> None:
    lines = lines_of(world)

    assert lines["B"] == CentreLine(
        centre=world.b,
        enrolled=1,
        last_months=1,
        complete=1,
        last_enrolment=PartialDate(2024, 6, 30),
    )
    assert lines[""] == dataclasses.replace(
        lines["A"], centre=None, enrolled=5, last_months=3, complete=2
    )
    assert lines[""].percent("complete") == 40


def test_a_centre_without_patients_has_a_line_of_noughts(world: TwoCentres) -> None:
    centre = CentreFactory.create(code="N")
    ParticipationFactory.create(study=world.study, centre=centre)

    line = lines_of(world)["N"]

    assert line == CentreLine(centre=centre)
    assert line.percent("complete") is None


def test_a_centre_that_takes_part_no_more_is_listed_with_its_patients(world: TwoCentres) -> None:
    world.study.participations.filter(centre=world.b).delete()

    assert lines_of(world)["B"].enrolled == 1


def test_last_entry_is_the_last_clinical_value_that_a_person_wrote(world: TwoCentres) -> None:
    patient, person = world.patients["B-1"], data_manager(world.b)
    with recorded(by=person):
        AssessmentFactory.create(patient=patient)
    event = AuditEvent.objects.filter(table="registry_assessment").get()
    with recorded(by=None):
        AssessmentFactory.create(patient=patient)
    with recorded(by=person):
        CorrectionRequestFactory.create(patient=patient)

    lines = lines_of(world)

    assert lines["B"].last_entry == event.at
    assert lines["A"].last_entry is None
    assert lines[""].last_entry == event.at


def test_a_case_counts_as_marked_when_every_form_bears_the_mark(world: TwoCentres) -> None:
    forms = []
    for name in ("A-1", "A-2", "B-1"):
        patient = world.patients[name]
        forms += [(patient, "patient", patient.pk)]
        with system_scope():
            forms += [(patient, "enrolment", row.pk) for row in patient.enrolments.all()]
    mark = {"content_sha256": "0" * 64, "at": NOW}
    with system_scope():
        # A-1 form by form; B-1 too, one of the marks ended; A-2 has a death without a mark.
        for patient, entity, row in forms:
            FormMark.objects.create(
                patient=patient, kind="verified", entity=entity, row_id=row, **mark
            )
        FormMark.objects.filter(patient=world.patients["B-1"], entity="enrolment").update(
            ended_at=NOW, end_reason="The form was changed."
        )
        whole = world.patients["A-3"]
        FormMark.objects.create(
            patient=whole, kind="locked", entity="case", row_id=whole.pk, **mark
        )

    lines = lines_of(world)

    assert [(lines[c].verified, lines[c].locked, lines[c].signed) for c in ("A", "B", "")] == [
        (1, 1, 0),
        (0, 0, 0),
        (1, 1, 0),
    ]
    assert lines["A"].percent("verified") == 25


def test_who_does_not_see_the_whole_study_is_told_nothing(world: TwoCentres) -> None:
    with scoped_to(data_manager(world.a)), pytest.raises(ScopeError):
        side_by_side(world.study, TODAY)


@pytest.mark.parametrize(
    ("order", "codes"),
    [
        ("code", ["A", "B", "C"]),
        ("-code", ["C", "B", "A"]),
        ("enrolled", ["B", "A", "C"]),
        ("-enrolled", ["A", "C", "B"]),
        ("complete", ["C", "A", "B"]),
        ("-overdue_days", ["A", "B", "C"]),
        ("overdue_days", ["A", "B", "C"]),
        ("centre__name", ["A", "B", "C"]),
        ("expected", ["A", "B", "C"]),
        ("percent", ["A", "B", "C"]),
        ("", ["A", "B", "C"]),
    ],
)
def test_lines_are_sorted_with_the_unknown_at_the_end(order: str, codes: list[str]) -> None:
    lines = [
        CentreLine(Centre(code="C"), enrolled=2, complete=0),
        CentreLine(Centre(code="A"), enrolled=2, complete=1, overdue_days=3),
        CentreLine(Centre(code="B"), enrolled=0, complete=0),
    ]

    assert [line.code for line in in_order(lines, order)] == codes


def test_the_page_shows_a_row_for_each_centre_and_no_identity(
    client: Client, world: TwoCentres, address: str
) -> None:
    page = signed_in(client, world).get(address).content.decode()

    assert re.findall(r'<th scope="row"[^>]*><a href="[^"]+">([^<]+)</a>', page) == [
        "Centre A",
        "Centre B",
    ]
    assert "planned 12" in page
    assert "oldest 30 days" in page
    assert "CANARY" not in page.upper()
    assert "1960-05-17" not in page


def test_every_figure_leads_to_the_patients_it_counts(
    client: Client, world: TwoCentres, address: str
) -> None:
    client = signed_in(client, world)
    page = client.get(address).content.decode()
    row = page.split(">Centre A</a>")[1].split("</tr>")[0]
    links = re.findall(r'data-label="([^"]+)"><a href="(/patients/[^"]+)"', row)

    found = {}
    for label, link in links:
        grid = client.get(html.unescape(link)).content.decode()
        names = re.findall(r'<th scope="row" class="id"><a href="[^"]+">([^<]+)</a>', grid)
        found[label] = names

    assert found == {
        "Enrolled": ["A-1", "A-2", "A-3", "A-4"],
        "Items missing": ["A-2", "A-3"],
        "To confirm": ["A-2"],
        "Visits overdue": ["A-2", "A-3"],
        "Lost": ["A-3"],
        "Died": ["A-2"],
        "Withdrawn": ["A-4"],
    }


def test_the_table_is_saved_as_a_file_without_formulas(
    client: Client, world: TwoCentres, address: str
) -> None:
    Centre.objects.filter(pk=world.b.pk).update(name="=cmd|' /C calc'!A0")
    response = signed_in(client, world).get(f"{address}centres.csv")

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row[:10] for row in rows[1:]] == [
        ["A", "Centre A", "4", "20", "12.0", "1", "2", "1", "25", "5"],
        ["B", "'=cmd|' /C calc'!A0", "1", "", "", "0", "1", "1", "100", "0"],
        ["", "All centres", "5", "20", "12.0", "1", "3", "2", "40", "5"],
    ]
    assert [row[10:21] for row in rows[1:2]] == [
        ["1", "2", "30", "1", "10", "1", "25", "1", "1", "", "2024-07-01"]
    ]
    assert response["Content-Disposition"] == (
        'attachment; filename="centres-jinling-2024-07-01.csv"'
    )
    assert "CANARY" not in response.content.decode().upper()


def test_months_without_a_day_count_in_their_month_and_years_in_none(
    client: Client, world: TwoCentres, address: str
) -> None:
    page = signed_in(client, world).get(address).content.decode()
    table = page.split('<table class="months">')[1].split("</table>")[0]
    rows = [
        re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", row)
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]

    assert rows == [
        ["Month", "Centre A", "Centre B", "Together", "So far", "Planned"],
        ["Jul 2024", "1", "0", "1", "4", "14"],
        ["Jun 2024", "0", "1", "1", "3", "12"],
        ["May 2024", "1", "0", "1", "2", "10"],
        ["Apr 2024", "1", "0", "1", "1", "8"],
        ["Mar 2024", "0", "0", "0", "0", "6"],
        ["Feb 2024", "0", "0", "0", "0", "4"],
        ["Jan 2024", "0", "0", "0", "0", "2"],
        ["Month not known", "1", "0", "1", "–", "–"],
        ["All", "4", "1", "5", "", ""],
    ]
    assert "1 enrolment without a known month is not drawn." in page


def test_the_page_of_a_centre_lists_the_cases_that_need_something(
    client: Client, world: TwoCentres
) -> None:
    data_manager(world.a, display_name="Data manager of A")
    data_manager(world.b, display_name="Data manager of B")
    response = signed_in(client, world).get(reverse("followup:centre", args=[world.study.key, "A"]))

    page = response.content.decode()
    cases = [dataclasses.astuple(case) for case in response.context["cases"].rows]
    assert cases == [("A-2", 1, 30, 3, 1, 0), ("A-3", 1, 10, 2, 0, 1)]
    assert [row.patient.pseudonym for row in response.context["questions"].rows] == ["A-3"]
    assert "Data manager of A" in page
    assert "Data manager of B" not in page
    assert "B-1" not in page
    assert "CANARY" not in page.upper()


def test_coordinators_of_one_study_are_led_straight_to_it(client: Client, world, address) -> None:
    person = coordinator(world.study)
    client.force_login(person)

    assert client.get(reverse("followup:centres")).headers["Location"] == address

    MembershipFactory.create(user=person, role="coordinator", study=StudyFactory.create(key="cams"))
    page = client.get(reverse("followup:centres"))
    assert page.status_code == 200
    assert "Study cams" in page.content.decode()


def test_only_the_coordinators_of_the_study_see_it(client: Client, world: TwoCentres) -> None:
    places = [
        reverse("followup:study_centres", args=[world.study.key]),
        reverse("followup:study_centres_csv", args=[world.study.key]),
        reverse("followup:centre", args=[world.study.key, "A"]),
    ]
    analyst = UserFactory.create()
    MembershipFactory.create(user=analyst, role="analyst", study=world.study)
    former = coordinator(world.study)
    former.memberships.update(ends_on=dt.date(2024, 6, 30))
    answers: dict[str, Any] = {}
    for name, person in {
        "data manager": data_manager(world.a),
        "monitor": monitor(world.study),
        "analyst": analyst,
        "administrator": administrator(),
        "coordinator until yesterday": former,
        "coordinator of another study": coordinator(StudyFactory.create(key="cams")),
    }.items():
        client.force_login(person)
        answers[name] = [client.get(place).status_code for place in places]

    assert answers == {
        "data manager": [403, 403, 403],
        "monitor": [403, 403, 403],
        "analyst": [403, 403, 403],
        "administrator": [403, 403, 403],
        "coordinator until yesterday": [403, 403, 403],
        "coordinator of another study": [404, 404, 404],
    }


def test_a_centre_that_is_not_in_the_study_is_not_found(client: Client, world: TwoCentres) -> None:
    CentreFactory.create(code="Z")
    client = signed_in(client, world)

    for code in ("Z", "no-such-centre"):
        place = reverse("followup:centre", args=[world.study.key, code])
        assert client.get(place).status_code == 404


def test_no_plan_is_compared_with_shifted_dates(client: Client, world, address) -> None:
    world.study.dates_are_relative = True
    world.study.save()

    page = signed_in(client, world).get(address).content.decode()

    assert "no plan is compared" in page
    assert "planned 12" not in page


@pytest.mark.parametrize("name", ["followup:study_centres", "followup:centre"])
def test_more_centres_and_patients_ask_no_more_of_the_database(
    client: Client, world: TwoCentres, name: str
) -> None:
    client = signed_in(client, world)
    args = [world.study.key] if name == "followup:study_centres" else [world.study.key, "A"]
    place = reverse(name, args=args)
    client.get(place)
    with CaptureQueriesContext(connection) as few:
        client.get(place)
    for number in range(4):
        centre = CentreFactory.create()
        ParticipationFactory.create(study=world.study, centre=centre)
        for _ in range(number):
            EnrolmentFactory.create(
                patient__centre=centre, protocol_version=world.study.protocol_version()
            )
    with CaptureQueriesContext(connection) as many:
        client.get(place)

    assert len(many) == len(few)
