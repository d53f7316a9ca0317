"""Visits overdue by age and in their window, and the forecast: counted by hand on 1 June 2024."""

import datetime as dt
from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followup.models import ExpectedVisit, VisitState
from followup.schedules import OverrideKind
from followup.selectors.follow_up.forecast import ForecastRow, forecast_table
from followup.selectors.follow_up.open_visits import OpenVisits, open_visits
from followup.selectors.follow_up.reach import Period, Reach
from followup.selectors.follow_up.windows import Windows, windows
from followup.services import recompute, say_about_visit
from registry.models import Centre, Enrolment, Study
from registry.scope import system_scope
from registry.selectors.accrual_months import Month
from tests.factories import AssessmentFactory, CentreFactory, DeathFactory, EnrolmentFactory
from tests.followup.factories import expected, followed, full_visit, open_visit

pytestmark = [pytest.mark.django_db, pytest.mark.services]

TODAY = dt.date(2024, 6, 1)
EVERYTHING = ["clinic", "local_imaging", "systemic_imaging", "toxicity"]


def opened(
    studies: Iterable[Study], today: dt.date = TODAY, centres: list[int] | None = None
) -> dict[str, OpenVisits]:
    """The open visits by code of centre."""
    with system_scope():
        found = open_visits(Reach(tuple(studies), centres), today)
    return {code_of(centre): visits for (_study, centre), visits in found.items()}


def met(study: Study, period: Period) -> dict[str, Windows]:
    """What became of the visits by code of centre."""
    with system_scope():
        found = windows(Reach((study,)), period)
    return {code_of(centre): counts for (_study, centre), counts in found.items()}


def code_of(centre: int) -> str:
    return Centre.objects.get(pk=centre).code


def closed(enrolment: Enrolment, days_ago: int, **values) -> None:
    """An open visit whose window closed so many days before today."""
    day = TODAY - dt.timedelta(days=days_ago)
    open_visit(enrolment.patient, day.isoformat(), key=f"last_rt_day-c{days_ago}", **values)


def test_overdue_visits_are_counted_by_the_days_since_their_window_closed() -> None:
    enrolment = EnrolmentFactory.create(patient__centre__code="A")
    for days in (0, 1, 7, 8, 30, 31, 60, 61, 180, 181, 900):
        closed(enrolment, days)
    closed(enrolment, 20, state=VisitState.DONE)
    closed(enrolment, 21, state=VisitState.SUPERSEDED)

    found = opened([enrolment.study])["A"]

    assert found.overdue == (2, 2, 2, 2, 2)
    assert found.all_overdue == 10


def test_the_forecast_counts_what_is_outstanding_by_the_month_of_the_target() -> None:
    enrolment = EnrolmentFactory.create(patient__centre__code="A")
    patient = enrolment.patient
    # Targets lie 14 days before the window closes: 4 and 30 June, 1 July 2024, 17 June 2025.
    open_visit(patient, "2024-06-18", key="m1", outstanding=["clinic", "toxicity"])
    open_visit(patient, "2024-07-14", key="m2", outstanding=EVERYTHING)
    open_visit(patient, "2024-07-15", key="m3", outstanding=["local_imaging"])
    open_visit(patient, "2025-07-01", key="m4", outstanding=["clinic"])
    # Its window is open, its target was on 25 May: it belongs to what is left of June.
    open_visit(patient, "2024-06-08", key="m5", outstanding=["systemic_imaging"])
    # Thirteen months ahead, a step, and visits that are not open.
    open_visit(patient, "2025-07-20", key="m6", outstanding=["clinic"])
    open_visit(patient, "2024-06-20", key="step-surgery", outstanding=["surgery"])
    for number, state in enumerate(("done", "missed", "cancelled", "superseded")):
        open_visit(patient, "2024-06-18", key=f"n{number}", state=state, outstanding=["clinic"])
    open_visit(patient, "2024-05-20", key="late", outstanding=["clinic", "local_imaging"])

    table = forecast_table(opened([enrolment.study])["A"], TODAY)

    assert table.overdue == (1, 0, 1, 0)
    assert len(table.rows) == 13
    assert table.rows[0] == ForecastRow(Month(2024, 6), (2, 2, 1, 2))
    assert table.rows[1] == ForecastRow(Month(2024, 7), (0, 0, 1, 0))
    assert table.rows[12] == ForecastRow(Month(2025, 6), (1, 0, 0, 0))
    assert table.sums == (3, 2, 2, 2)
    assert not table.is_empty


def test_a_patient_who_waits_for_two_dates_waits_once_and_is_in_no_month() -> None:
    enrolment = EnrolmentFactory.create(patient__centre__code="A")
    with system_scope():
        for anchor in ("last_rt_day", "surgery"):
            ExpectedVisit.objects.create(
                enrolment=enrolment, key=f"{anchor}-waiting", anchor=anchor, state="waiting"
            )

    table = forecast_table(opened([enrolment.study])["A"], TODAY)

    assert table.waiting == 1
    assert table.is_empty


def test_centres_and_studies_asked_for_are_counted_apart_and_others_not_at_all() -> None:
    a, b = CentreFactory.create(code="A"), CentreFactory.create(code="B")
    first = EnrolmentFactory.create(patient__centre=a)
    study = first.study
    second = EnrolmentFactory.create(patient__centre=b, protocol_version=first.protocol_version)
    other = EnrolmentFactory.create(patient__centre=b, protocol_version__study__key="cams")
    for enrolment in (first, second, other):
        closed(enrolment, 3)

    assert {code: found.all_overdue for code, found in opened([study]).items()} == {"A": 1, "B": 1}
    assert set(opened([study], centres=[b.pk])) == {"B"}
    with system_scope():
        keys = set(open_visits(Reach((study, other.study), [b.pk]), TODAY))
    assert keys == {(study.pk, b.pk), (other.study.pk, b.pk)}


def test_visits_of_centres_are_added_up() -> None:
    june, july = Month(2024, 6), Month(2024, 7)
    one = OpenVisits((1, 0, 0, 0, 2), {"clinic": 1}, {june: {"clinic": 1}}, 1)
    other = OpenVisits((0, 3, 0, 0, 1), {"toxicity": 4}, {june: {"clinic": 2}, july: {}}, 2)

    assert one + other == OpenVisits(
        (1, 3, 0, 0, 3), {"clinic": 1, "toxicity": 4}, {june: {"clinic": 3}, july: {}}, 3
    )


def fates(centre: Centre) -> Study:
    """Nine patients under jinling whose month 3 was due from 16 April to 14 May 2024."""
    in_time, early, late, partly, missed, overdue, not_applicable, dead, postponed = (
        followed(centre=centre) for _ in range(9)
    )
    full_visit(in_time, "2024-05-14")
    full_visit(early, "2024-04-15")
    full_visit(late, "2024-05-15")
    AssessmentFactory.create(patient=partly.patient, assessed_on="2024-04-30")
    DeathFactory.create(patient=dead.patient, died_on="2024-03-02")
    for enrolment in (in_time, early, late, overdue, dead):
        expected(enrolment, TODAY)
    for enrolment, kind in (
        (partly, OverrideKind.MISSED),
        (missed, OverrideKind.MISSED),
        (not_applicable, OverrideKind.NOT_APPLICABLE),
    ):
        visit = expected(enrolment, TODAY)["m03"]
        say_about_visit(visit, by=None, kind=kind, reason="Scanner broken.", today=TODAY)
    # In time after it was postponed to 16 May; what was said of it tells nothing.
    visit = expected(postponed, dt.date(2024, 4, 20))["m03"]
    day, to = dt.date(2024, 4, 20), dt.date(2024, 5, 16)
    kind, reason = OverrideKind.POSTPONED, '"code": "late"'
    say_about_visit(visit, by=None, kind=kind, reason=reason, postponed_to=to, today=day)
    full_visit(postponed, "2024-05-29")
    recompute([postponed.patient_id], today=TODAY)
    return in_time.study


def test_each_visit_whose_window_closed_counts_as_what_became_of_it() -> None:
    study = fates(CentreFactory.create(code="A"))

    # The postponed window, 2 to 30 May, closed last.
    found = met(study, Period(dt.date(2024, 5, 14), dt.date(2024, 5, 30)))["A"]

    assert found == Windows(in_window=2, early=1, late=1, partly=1, missed=1, overdue=1)
    assert found.total == 7
    assert found.rate is not None
    assert found.rate.share == pytest.approx(2 / 7)


@pytest.mark.parametrize(
    ("first", "last", "number"),
    [
        ("2024-05-15", "2024-05-30", 1),
        ("2024-05-01", "2024-05-13", 0),
        ("2024-05-14", "2024-05-14", 6),
    ],
)
def test_only_windows_that_closed_in_the_period_count(first: str, last: str, number: int) -> None:
    study = fates(CentreFactory.create(code="A"))

    found = met(study, Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last)))

    assert sum(counts.total for counts in found.values()) == number


def test_treatment_steps_are_no_visits() -> None:
    enrolment = EnrolmentFactory.create(patient__centre__code="A")
    open_visit(enrolment.patient, "2024-05-20", key="step-surgery", state="done")

    assert met(enrolment.study, Period.before(TODAY)) == {}


def test_the_usual_period_is_the_twelve_months_that_end_with_yesterday() -> None:
    assert Period.before(dt.date(2024, 6, 1)) == Period(dt.date(2023, 6, 1), dt.date(2024, 5, 31))
    assert Period.before(dt.date(2024, 2, 29)) == Period(dt.date(2023, 2, 28), dt.date(2024, 2, 28))


def test_more_patients_ask_no_more_of_the_database() -> None:
    study = fates(CentreFactory.create(code="A"))

    reach = Reach((study,))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries, system_scope():
            open_visits(reach, TODAY)
            windows(reach, Period.before(TODAY))
        return len(queries)

    few = asked()
    fates(CentreFactory.create(code="B"))

    assert asked() == few == 2
