"""Targets on weekends and public holidays give way to working days, inside of their windows."""

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import pytest

from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.schedule import Clock, Schedule, Segment, Window
from registry.protocols.vocabulary import Item, TimePoint, WorkingDays
from tests.followup.schedule_examples import QUARTERLY, clock, day, live, schedule, visits

# From 15 January 2024, monthly: 15 June 2024 is a Saturday, 15 September and 15 December a Sunday.
MONTHLY = schedule(clock(Item.CLINIC, every=1, first=1, last=12), merge_days=7)
WEEKEND_DAYS = {"m05": "2024-06-15", "m08": "2024-09-15", "m11": "2024-12-15"}


def is_weekend(on: dt.date) -> bool:
    return on.weekday() >= 5


def moved(rule: WorkingDays, is_day_off=is_weekend, of: Schedule = MONTHLY) -> dict[str, str]:
    of = replace(of, working_days=rule)
    return live(visits(today="2024-02-01", of=of, is_day_off=is_day_off))


def test_targets_stay_where_the_schedule_does_not_move_them():
    plain = live(visits(today="2024-02-01", of=MONTHLY))
    assert moved(WorkingDays.OFF) == plain
    assert plain.items() >= WEEKEND_DAYS.items()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # Saturday to Monday, Sunday to Monday.
        (WorkingDays.NEXT, {"m05": "2024-06-17", "m08": "2024-09-16", "m11": "2024-12-16"}),
        # Saturday to Friday, Sunday to Monday.
        (WorkingDays.NEAREST, {"m05": "2024-06-14", "m08": "2024-09-16", "m11": "2024-12-16"}),
    ],
)
def test_a_target_on_a_day_off_goes_to_a_working_day(rule, expected):
    plain = live(visits(today="2024-02-01", of=MONTHLY))
    found = moved(rule)
    assert found == plain | expected


def test_the_window_stays_that_of_the_protocol():
    of = replace(MONTHLY, working_days=WorkingDays.NEXT)
    visit = visits(today="2024-02-01", of=of, is_day_off=is_weekend)["m05"]
    assert (str(visit.window_start), str(visit.window_end)) == ("2024-06-01", "2024-06-29")


def test_a_target_goes_back_where_the_window_closes_before_the_next_working_day():
    tight = Window(Offset(3, OffsetUnit.DAYS), Offset(1, OffsetUnit.DAYS))
    segment = Segment(OffsetUnit.MONTHS, 5, 5, 1, tight)
    of = schedule(Clock("c", (Item.CLINIC,), TimePoint.LAST_RT_DAY, (segment,)))
    # Saturday 15 June: the window closes on Sunday, so Friday.
    assert moved(WorkingDays.NEXT, of=of) == {"m05": "2024-06-14"}


def test_a_whole_week_off_is_stepped_over():
    golden_week = {day("2024-10-14") + dt.timedelta(days=n) for n in range(7)}
    found = moved(WorkingDays.NEXT, lambda on: on in golden_week, of=QUARTERLY)
    assert found["m09"] == "2024-10-21"


def test_moved_targets_stay_further_apart_than_the_tolerance():
    fortnights = Window(Offset(6, OffsetUnit.DAYS), Offset(6, OffsetUnit.DAYS))
    segments = tuple(Segment(OffsetUnit.DAYS, n, n, 1, fortnights) for n in range(14, 400, 14))
    of = schedule(Clock("c", (Item.CLINIC,), TimePoint.LAST_RT_DAY, segments), merge_days=13)
    found = visits(
        today="2024-02-01",
        of=replace(of, working_days=WorkingDays.NEXT),
        is_day_off=lambda on: on.day in (29, 30, 31, 1, 2),
    )
    targets = [visit.target for visit in found.values() if visit.target]
    assert all((later - earlier).days > 13 for earlier, later in pairwise(targets))
