"""Whatever the day, every study has visits due, overdue and planned, and hardly any forgotten."""

import datetime as dt
from collections import Counter, defaultdict

import pytest

from followup.facts import IMAGING_ITEMS
from followup.schedules import Contact, Ending, VisitStatus, expected_visits
from registry.demo.placing import monday_of
from registry.protocols import preset
from registry.protocols.vocabulary import EndKind, Item, TimePoint
from tests.registry.demo.conftest import TODAY
from tests.registry.demo.reading import day

# Every day of a week, the ends of long and short months, leap days, the turn of a year.
DAYS = [
    *(dt.date(2026, 11, 16) + dt.timedelta(days=days) for days in range(7)),
    dt.date(2027, 1, 31), dt.date(2027, 3, 1), dt.date(2028, 2, 29), dt.date(2028, 12, 31),
    dt.date(2029, 5, 31), dt.date(2030, 8, 30), dt.date(2031, 10, 5),
]  # fmt: skip


def facts(cohort, shift):
    """Anchors and events of each patient, every date later by ``shift``."""
    anchors: dict[str, dict[TimePoint, dt.date]] = defaultdict(dict)
    events: dict[str, list[Contact | Ending]] = defaultdict(list)
    for patient, row in cohort.first_course().items():
        anchors[patient][TimePoint.FIRST_RT_DAY] = day(row["started_on"]) + shift
        anchors[patient][TimePoint.LAST_RT_DAY] = day(row["ended_on"]) + shift
    for row in cohort["surgeries"]:
        if row["procedure"] == "wide_excision":
            anchors[row["patient"]].setdefault(TimePoint.SURGERY, day(row["performed_on"]) + shift)
    imaging: dict[tuple[str, str], set[Item]] = defaultdict(set)
    for row in cohort["imaging_studies"]:
        imaging[row["patient"], row["assessment"]] |= IMAGING_ITEMS[row["region"]]
    for row in cohort["assessments"]:
        provides = set(imaging[row["patient"], row["number"]])
        if row["kind"] == "clinic":
            provides.add(Item.CLINIC)
        if row["toxicity_assessed"] == "yes":
            provides.add(Item.TOXICITY)
        on = day(row["assessed_on"]) + shift
        events[row["patient"]].append(Contact(on, frozenset(provides), row["number"]))
    for table, column, kind in (
        ("deaths", "died_on", EndKind.DEATH),
        ("progressions", "occurred_on", EndKind.PROGRESSION),
        ("losses", "last_known_alive_on", EndKind.LOSS),
    ):
        for row in cohort[table]:
            events[row["patient"]].append(Ending(kind, day(row[column]) + shift))
    return anchors, events


def standing(study, cohort, today):
    """Visits by status; overdue ones of patients whose follow-up has ended are nobody's duty."""
    anchors, events = facts(cohort, monday_of(today) - monday_of(TODAY))
    schedule = preset(study).schedule
    assert schedule is not None
    counted: Counter[str] = Counter()
    for patient, dates in anchors.items():
        ended = any(
            isinstance(event, Ending) and event.kind in schedule.ends_on
            for event in events[patient]
        )
        for visit in expected_visits(schedule, dates, events[patient], today=today):
            if not (ended and visit.status is VisitStatus.OVERDUE):
                counted[visit.status] += 1
    return counted


@pytest.mark.parametrize("study", ["miyakojima", "jinling", "cnao", "cams", "preop"])
def test_every_study_has_visits_due_overdue_and_planned_whatever_the_day(cohorts, study):
    for today in DAYS:
        counted = standing(study, cohorts[study], today)
        assert counted[VisitStatus.DUE] >= 1, today
        assert counted[VisitStatus.OVERDUE] >= 1, today
        assert counted[VisitStatus.PLANNED] >= 10, today
        assert counted[VisitStatus.OVERDUE] <= 0.05 * counted[VisitStatus.DONE] + 1, today


def test_somebody_waits_for_surgery_within_the_window(cohorts):
    _, events = facts(cohorts["preop"], dt.timedelta())
    operated = {row["patient"] for row in cohorts["preop"]["surgeries"]}
    (waiting,) = set(events) - operated
    ended = day(cohorts["preop"].one("courses", waiting)["ended_on"])
    assert 28 <= (TODAY - ended).days <= 42
