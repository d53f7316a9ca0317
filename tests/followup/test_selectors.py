"""Worklists and counts: right, cut to what the person may see, in a fixed number of queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followup import selectors
from followup.schedules import VisitStatus
from followup.services import recompute_all
from registry.models import Course, Enrolment
from registry.scope import scoped_to, system_scope
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    ImagingStudyFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.followup.factories import expected, followed, full_visit
from tests.followup.sweeping import DUE_DAY, sweep_on

pytestmark = [pytest.mark.django_db, pytest.mark.services]

D = dt.date
TODAY = D(2024, 5, 20)


@pytest.fixture
def overdue() -> Enrolment:
    """Month 3: 16 April to 14 May 2024."""
    return followed()


@pytest.fixture
def due(overdue) -> Enrolment:
    """Month 3: 26 April to 24 May 2024."""
    return followed(centre=overdue.patient.centre, ended_on="2024-02-10")


@pytest.fixture
def soon(overdue) -> Enrolment:
    """Month 3: 17 June to 15 July 2024."""
    return followed(centre=overdue.patient.centre, ended_on="2024-04-01")


@pytest.fixture
def waiting(overdue) -> Enrolment:
    """The last day of radiotherapy is not known."""
    enrolment = followed(centre=overdue.patient.centre)
    with system_scope():
        Course.objects.filter(patient=enrolment.patient).update(ended_on=None)
    return enrolment


@pytest.fixture
def cases(overdue, due, soon, waiting) -> list[Enrolment]:
    elsewhere = followed()
    recompute_all(today=TODAY)
    return [overdue, due, soon, waiting, elsewhere]


def names(part: selectors.WorklistPart) -> list[str]:
    return [row.pseudonym for row in part.rows]


def test_a_worklist_sorts_visits_by_urgency(cases, overdue, due, soon, waiting):
    found = selectors.worklist(data_manager(overdue.patient.centre), TODAY)
    assert names(found.overdue) == [overdue.patient.pseudonym]
    assert names(found.this_week) == [due.patient.pseudonym]
    # Month 3 of the last patient opens on 17 June; month 6 of the others later than 19 June.
    assert names(found.later) == [soon.patient.pseudonym]
    assert names(found.waiting) == [waiting.patient.pseudonym]


@pytest.mark.parametrize(
    ("today", "part"),
    [
        (D(2024, 3, 16), None),  # opens in 31 days
        (D(2024, 3, 17), "later"),  # in 30
        (D(2024, 4, 8), "later"),  # in 8
        (D(2024, 4, 9), "this_week"),  # in 7
        (D(2024, 4, 16), "this_week"),  # the first day of the window
        (D(2024, 5, 14), "this_week"),  # its last
        (D(2024, 5, 15), "overdue"),
    ],
)
def test_a_visit_moves_from_part_to_part_with_the_days(overdue, today, part):
    recompute_all(today=TODAY)
    found = selectors.worklist(data_manager(overdue.patient.centre), today)
    holding = [
        name
        for name in ("overdue", "this_week", "later", "waiting")
        if "Month 3" in [row.label for row in getattr(found, name).rows]
    ]
    assert holding == ([part] if part else [])


def test_a_row_says_who_what_when_and_how_late(cases, overdue):
    (row,) = selectors.worklist(data_manager(overdue.patient.centre), TODAY).overdue.rows
    assert (row.label, row.study, row.status) == ("Month 3", "jinling", VisitStatus.OVERDUE)
    assert (row.target, row.window_start) == (D(2024, 4, 30), D(2024, 4, 16))
    assert (row.window_end, row.days_overdue) == (D(2024, 5, 14), 6)
    assert row.required.startswith("Clinical examination, toxicity assessment")
    assert row.centre == overdue.patient.centre.name


def test_nobody_sees_another_centres_worklist(cases, overdue):
    elsewhere = cases[-1]
    found = selectors.worklist(data_manager(elsewhere.patient.centre), TODAY)
    assert names(found.overdue) == [elsewhere.patient.pseudonym]
    assert found.this_week.total == found.waiting.total == 0
    nobody = selectors.worklist(administrator(), TODAY)
    assert nobody.overdue.total == 0


def test_a_coordinator_sees_the_study_over_all_centres(cases, overdue):
    found = selectors.counts(coordinator(overdue.study), TODAY)
    assert (found.overdue, found.due, found.soon, found.waiting) == (2, 1, 1, 1)


def test_counts_cover_every_status(cases, overdue):
    full_visit(overdue, "2024-05-02")
    recompute_all(today=TODAY)
    found = selectors.counts(data_manager(overdue.patient.centre), TODAY)
    assert (found.overdue, found.due, found.done, found.waiting) == (0, 1, 1, 1)
    assert found.planned == 10 + 10 + 11  # what lies ahead of three schedules of eleven visits


def test_a_long_list_is_cut_and_its_total_is_not(cases, overdue):
    user = coordinator(overdue.study)
    found = selectors.worklist(user, TODAY, limit=1)
    assert (found.overdue.total, len(found.overdue.rows)) == (2, 1)


def test_counts_by_centre_and_study(cases, overdue):
    with system_scope():
        rows = selectors.per_centre_counts(TODAY, overdue.study)
    found = {row.centre_code: (row.patients, row.overdue, row.due, row.soon) for row in rows}
    assert found == {
        overdue.patient.centre.code: (4, 1, 1, 1),
        cases[-1].patient.centre.code: (1, 1, 0, 0),
    }
    with scoped_to(data_manager(CentreFactory.create())):
        assert selectors.per_centre_counts(TODAY) == []


def test_the_visits_of_a_patient_come_by_date(cases, overdue, waiting):
    with system_scope():
        visits = selectors.visits_of(overdue.patient)
        assert [visit.label for visit in visits[:3]] == ["Month 3", "Month 6", "Month 12"]
        assert [visit.state for visit in selectors.visits_of(waiting.patient)] == ["waiting"]


def test_a_superseded_visit_is_shown_nowhere(cases, waiting):
    with system_scope():
        Course.objects.filter(patient=waiting.patient).update(ended_on="2024-04-01")
        recompute_all(today=TODAY)
        assert len(selectors.visits_of(waiting.patient)) == 11
    assert selectors.counts(coordinator(waiting.study), TODAY).waiting == 0


def test_the_summary_counts_visits_by_study_and_what_was_sent(mailbox):
    enrolment = followed()
    followed("cnao", centre=enrolment.patient.centre, ended_on="2024-04-01")
    data_manager(enrolment.patient.centre)
    data_manager(enrolment.patient.centre)
    sweep_on(DUE_DAY)
    with system_scope():
        found = selectors.counts_for_summary(DUE_DAY)
    by_study = {row.study_key: row.visits for row in found.studies}
    assert (by_study["jinling"].due, by_study["jinling"].planned) == (1, 10)
    assert by_study["cnao"].due == 0
    assert (found.reminders_sent, found.digests_sent, found.digests_unknown) == (2, 2, 0)


def test_queries_do_not_grow_with_the_rows(cases, overdue):
    user = coordinator(overdue.study)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured, system_scope():
            selectors.worklist(user, TODAY)
            selectors.counts(user, TODAY)
            selectors.per_centre_counts(TODAY)
            selectors.visits_of(overdue.patient)
            selectors.counts_for_summary(TODAY)
        return len(captured)

    before = queries()
    for _ in range(5):
        ImagingStudyFactory.create(assessment=full_visit(followed(), "2024-05-02"))
    recompute_all(today=TODAY)
    assert queries() == before


def test_an_assessment_that_counts_for_no_visit_is_unscheduled():
    enrolment = followed()
    full_visit(enrolment, "2024-05-02")  # month 3
    extra = AssessmentFactory.create(patient=enrolment.patient, number=9, assessed_on="2024-05-20")
    expected(enrolment, D(2024, 6, 1))
    with system_scope():
        visits = selectors.visits_of(enrolment.patient)
        assert selectors.unscheduled_of(enrolment.patient, visits) == [extra]
