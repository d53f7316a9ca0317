"""A second course of radiotherapy: visits go on, start again, or both."""

from dataclasses import replace

import pytest

from followup.schedules import NoteCode, VisitStatus
from registry.partial_date import PartialDate
from registry.protocols.vocabulary import EndKind, Item, SecondCourse, TimePoint
from tests.followup.schedule_examples import (
    QUARTERLY,
    both,
    clock,
    day,
    ending,
    live,
    schedule,
    visits,
)

# From 15 January 2024: months 3, 6, 9, 12 on 15 April, 15 July, 15 October, 15 January 2025.
# The second course from 20 July to 1 August 2024.
SECOND = {TimePoint.FIRST_RT_DAY: day("2024-07-20"), TimePoint.LAST_RT_DAY: day("2024-08-01")}
TODAY = "2024-09-01"


def under(rule: SecondCourse, *events, courses=(SECOND,)):
    of = replace(QUARTERLY, second_course=rule)
    return visits(*events, today=TODAY, of=of, later_courses=courses)


def test_visits_that_go_on_know_nothing_of_a_second_course():
    assert under(SecondCourse.CONTINUE) == visits(today=TODAY)


def test_visits_that_start_again_count_from_the_new_course_from_its_first_day_on():
    found = under(SecondCourse.RESTART)
    assert live(found) == {
        "m03": "2024-04-15",
        "m06": "2024-07-15",
        "2-m03": "2024-11-01",
        "2-m06": "2025-02-01",
        "2-m09": "2025-05-01",
        "2-m12": "2025-08-01",
    }
    assert found["m09"].status is VisitStatus.CANCELLED
    assert found["m09"].why[0].code is NoteCode.RESTARTED
    assert found["m09"].why[0].text() == (
        "visits count from the next course, which began on 2024-07-20"
    )


def test_visits_of_both_courses_stand_side_by_side_and_near_ones_are_one():
    # 15 October and 1 November are 17 days apart; with a tolerance of 20 they are one visit.
    of = replace(
        schedule(clock(Item.CLINIC, Item.LOCAL_IMAGING), merge_days=20),
        second_course=SecondCourse.BOTH,
    )
    found = visits(today=TODAY, of=of, later_courses=(SECOND,))
    assert live(found) == {
        "m03": "2024-04-15",
        "m06": "2024-07-15",
        "m09": "2024-10-15",  # with month 3 of the second course
        "m12": "2025-01-15",  # with month 6
        "2-m09": "2025-05-01",
        "2-m12": "2025-08-01",
    }


def test_a_second_course_still_under_way_stops_the_old_visits_and_waits_for_its_last_day():
    begun = {TimePoint.FIRST_RT_DAY: day("2024-07-20"), TimePoint.LAST_RT_DAY: None}
    found = under(SecondCourse.RESTART, courses=(begun,))
    assert live(found) == {"m03": "2024-04-15", "m06": "2024-07-15", "2-waiting": "None"}
    assert found["2-waiting"].why[0].text() == "waiting for the date of: last day of radiotherapy"


def test_a_last_day_known_to_the_month_is_waited_for_under_the_number_of_its_course():
    partial = {
        TimePoint.FIRST_RT_DAY: day("2024-07-20"),
        TimePoint.LAST_RT_DAY: PartialDate.parse("2024-08"),
    }
    found = under(SecondCourse.BOTH, courses=(partial,))
    assert found["2-waiting"].why[0].text() == "known only as 2024-08: last day of radiotherapy"


def test_a_third_course_starts_again_once_more():
    third = {TimePoint.FIRST_RT_DAY: day("2024-11-10"), TimePoint.LAST_RT_DAY: day("2024-11-20")}
    found = under(SecondCourse.RESTART, courses=(SECOND, third))
    assert live(found) == {
        "m03": "2024-04-15",
        "m06": "2024-07-15",
        "2-m03": "2024-11-01",
        "3-m03": "2025-02-20",
        "3-m06": "2025-05-20",
        "3-m09": "2025-08-20",
        "3-m12": "2025-11-20",
    }


def test_visits_counted_from_something_else_than_radiotherapy_do_not_start_again():
    of = replace(
        schedule(clock(Item.CLINIC, anchor=TimePoint.ENROLMENT)),
        second_course=SecondCourse.RESTART,
    )
    without = visits(today=TODAY, of=of)
    assert visits(today=TODAY, of=of, later_courses=(SECOND,)) == without


def test_an_assessment_counts_for_the_visit_of_the_course_that_it_lies_near():
    found = under(SecondCourse.RESTART, both("2024-10-28"))
    assert found["2-m03"].status is VisitStatus.DONE
    assert found["m09"].status is VisitStatus.CANCELLED
    assert found["m09"].done_by == ()


@pytest.mark.parametrize("rule", SecondCourse)
def test_death_ends_the_visits_of_every_course(rule):
    found = under(rule, ending(EndKind.DEATH, "2024-10-20"))
    after = [visit for visit in found.values() if visit.target and str(visit.target) > "2024-10-20"]
    assert {visit.status for visit in after} == {VisitStatus.CANCELLED}
