"""Which assessment counts for which expected visit."""

import pytest

from followup.schedules import NoteCode, Override, OverrideKind, VisitStatus
from registry.protocols.calendar import OffsetUnit
from registry.protocols.schedule import Clock, Segment
from registry.protocols.vocabulary import Item, TimePoint
from tests.followup.schedule_examples import (
    TWO_WEEKS,
    both,
    clinic,
    clock,
    day,
    imaging,
    schedule,
    visits,
)


def codes(visit):
    return [note.code for note in visit.why]


def test_an_assessment_in_the_window_with_everything_makes_the_visit_done():
    visit = visits(both("2024-04-20", id=7), today="2024-05-01")["m03"]
    assert visit.status is VisitStatus.DONE
    assert (visit.done_on, visit.done_by, visit.outstanding) == (
        day("2024-04-20"),
        (7,),
        frozenset(),
    )
    assert visit.why == ()


def test_two_assessments_may_share_a_visit():
    visit = visits(clinic("2024-04-10"), imaging("2024-04-22"), today="2024-05-01")["m03"]
    assert visit.status is VisitStatus.DONE
    assert (visit.done_on, visit.done_by) == (day("2024-04-22"), (1, 2))


@pytest.mark.parametrize(
    ("today", "status"),
    [("2024-04-20", VisitStatus.DUE), ("2024-05-01", VisitStatus.OVERDUE)],
)
def test_a_visit_without_its_imaging_stays_open_and_says_what_is_missing(today, status):
    visit = visits(clinic("2024-04-16"), today=today)["m03"]
    assert visit.status is status
    assert visit.outstanding == {Item.LOCAL_IMAGING}
    assert visit.done_by == (1,)
    assert visit.done_on is None
    assert visit.why[0].text() == "not provided: local imaging"


@pytest.mark.parametrize(
    ("on", "key", "notes"),
    [
        ("2024-03-31", "m03", [NoteCode.EARLY]),
        ("2024-04-01", "m03", []),
        ("2024-04-29", "m03", []),
        ("2024-04-30", "m03", [NoteCode.LATE]),
        # Windows end on 29 April and start on 1 July: 30 May is 31 and 32 days away from them.
        ("2024-05-30", "m03", [NoteCode.LATE]),
        ("2024-05-31", "m06", [NoteCode.EARLY]),
        ("2024-06-30", "m06", [NoteCode.EARLY]),
        ("2025-12-01", "m12", [NoteCode.LATE]),
    ],
)
def test_outside_of_windows_an_assessment_counts_for_the_nearest_one(on, key, notes):
    found = visits(both(on), today="2026-01-01")
    done = [name for name, visit in found.items() if visit.status is VisitStatus.DONE]
    assert done == [key]
    assert codes(found[key]) == notes


@pytest.mark.parametrize("on", ["2024-01-01", "2024-01-15", "2024-02-22"])
def test_an_assessment_before_or_soon_after_the_anchor_is_no_visit(on):
    # Anchor 15 January, first window from 1 April: 22 February is 38 and 39 days away.
    found = visits(both(on), today="2024-05-01")
    assert found["m03"].status is VisitStatus.OVERDUE
    assert found["m03"].done_by == ()


@pytest.mark.parametrize(
    ("on", "status"),
    [("2024-02-06", VisitStatus.OVERDUE), ("2024-02-07", VisitStatus.DONE)],
)
def test_from_the_middle_between_anchor_and_window_an_assessment_is_an_early_visit(on, status):
    # Anchor 15 January, window of month 2 from 1 March: 7 February is 23 days from either.
    of = schedule(clock(Item.CLINIC, first=2, last=2))
    assert visits(clinic(on), today="2024-05-01", of=of)["m02"].status is status


@pytest.mark.parametrize("on", ["2024-01-13", "2024-01-15"])
def test_a_window_that_reaches_before_the_anchor_takes_nothing_from_there(on):
    segment = Segment(OffsetUnit.DAYS, 10, 10, 1, TWO_WEEKS)
    of = schedule(Clock("soon", (Item.CLINIC,), TimePoint.LAST_RT_DAY, (segment,)))
    visit = visits(clinic(on), today="2024-01-20", of=of)["d010"]
    assert visit.window_start == day("2024-01-11")
    assert visit.status is VisitStatus.DUE


def test_one_assessment_does_not_make_two_visits_done():
    narrow = schedule(clock(Item.CLINIC, every=1, first=1, last=3))
    # Targets 15 February and 15 March, windows overlap on 29 February and 1 March.
    found = visits(clinic("2024-02-29"), today="2024-06-01", of=narrow)
    done = [name for name, visit in found.items() if visit.status is VisitStatus.DONE]
    assert done == ["m01"]


def test_of_two_assessments_the_one_nearer_to_the_window_counts():
    found = visits(both("2024-05-20", id=1), both("2024-04-28", id=2), today="2024-06-01")
    assert found["m03"].done_by == (2,)
    assert found["m06"].status is VisitStatus.PLANNED


def test_of_two_assessments_in_the_window_the_one_nearer_to_the_target_counts():
    found = visits(both("2024-04-02", id=1), both("2024-04-17", id=2), today="2024-06-01")
    assert found["m03"].done_by == (2,)


def test_of_two_equally_near_assessments_the_earlier_counts():
    found = visits(both("2024-04-17", id=1), both("2024-04-13", id=2), today="2024-06-01")
    assert found["m03"].done_by == (2,)


def test_items_of_one_assessment_may_count_for_different_visits_of_different_clocks():
    separate = schedule(
        clock(Item.CLINIC, every=3, first=3, last=12),
        clock(Item.LOCAL_IMAGING, every=6, first=6, last=12),
    )
    # 10 September: the clinic is early for month 9 (1 October), the imaging late for month 6.
    found = visits(both("2024-09-10", id=5), today="2024-09-11", of=separate)
    assert found["m09"].status is VisitStatus.DONE
    assert found["m06"].outstanding == {Item.CLINIC}
    assert found["m06"].done_by == (5,)


def test_an_assessment_that_provides_nothing_required_counts_for_nothing():
    found = visits(imaging("2024-04-15"), today="2024-05-01", of=schedule(clock(Item.CLINIC)))
    assert found["m03"].status is VisitStatus.OVERDUE


def test_an_early_part_is_kept_while_the_visit_is_planned():
    visit = visits(imaging("2024-03-25"), today="2024-03-26")["m03"]
    assert visit.status is VisitStatus.PLANNED
    assert visit.outstanding == {Item.CLINIC}


def test_a_postponed_visit_is_matched_on_its_new_date():
    postponed = Override("last_rt_day-m03", OverrideKind.POSTPONED, "holiday", to=day("2024-05-20"))
    found = visits(both("2024-05-31"), today="2024-06-05", overrides=(postponed,))
    assert found["m03"].status is VisitStatus.DONE
    assert codes(found["m03"]) == [NoteCode.POSTPONED]
