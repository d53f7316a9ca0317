"""Separate clocks become one visit where they meet."""

import datetime as dt

from followup.schedules import expected_visits
from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.schedule import Clock, Schedule, Segment, Window
from registry.protocols.vocabulary import Item, TimePoint
from tests.followup.schedule_examples import TWO_WEEKS, clock, day, schedule, visits


def daily(*items: Item, days: tuple[int, ...], anchor: TimePoint = TimePoint.LAST_RT_DAY) -> Clock:
    segments = tuple(Segment(OffsetUnit.DAYS, n, n, 1, TWO_WEEKS) for n in days)
    return Clock("daily", items, anchor, segments)


def test_items_on_the_same_day_are_one_visit():
    found = visits(
        today="2024-02-01",
        of=schedule(clock(Item.CLINIC), clock(Item.LOCAL_IMAGING, every=6, first=6)),
    )
    assert {key: visit.requirements for key, visit in found.items()} == {
        "m03": {Item.CLINIC},
        "m06": {Item.CLINIC, Item.LOCAL_IMAGING},
        "m09": {Item.CLINIC},
        "m12": {Item.CLINIC, Item.LOCAL_IMAGING},
    }


def test_items_within_the_tolerance_are_one_visit_on_the_first_day():
    # Day 80 after 15 January 2024 is 4 April, month 3 is 15 April: 11 days.
    of = schedule(clock(Item.CLINIC, last=3), daily(Item.LOCAL_IMAGING, days=(80,)), merge_days=11)
    (visit,) = visits(today="2024-02-01", of=of).values()
    assert (visit.key, visit.target) == ("last_rt_day-d080", day("2024-04-04"))
    assert visit.requirements == {Item.CLINIC, Item.LOCAL_IMAGING}
    # Windows 21 March – 18 April and 1–29 April: what both allow.
    assert (visit.window_start, visit.window_end) == (day("2024-04-01"), day("2024-04-18"))


def test_items_beyond_the_tolerance_stay_two_visits():
    of = schedule(clock(Item.CLINIC, last=3), daily(Item.LOCAL_IMAGING, days=(80,)), merge_days=10)
    found = visits(today="2024-02-01", of=of)
    assert {key: visit.target for key, visit in found.items()} == {
        "d080": day("2024-04-04"),
        "m03": day("2024-04-15"),
    }


def test_a_chain_of_near_items_is_measured_from_its_first_day():
    of = schedule(
        daily(Item.CLINIC, days=(30,)),
        daily(Item.TOXICITY, days=(40,)),
        daily(Item.LOCAL_IMAGING, days=(50,)),
        merge_days=14,
    )
    found = visits(today="2024-01-16", of=of)
    assert {key: visit.requirements for key, visit in found.items()} == {
        "d030": {Item.CLINIC, Item.TOXICITY},
        "d050": {Item.LOCAL_IMAGING},
    }


def test_clocks_of_different_anchors_meet_on_the_calendar():
    of = schedule(
        clock(Item.CLINIC, last=3),
        clock(Item.SYSTEMIC_IMAGING, last=3, anchor=TimePoint.FIRST_RT_DAY),
    )
    anchors = {
        TimePoint.FIRST_RT_DAY: dt.date(2024, 1, 5),
        TimePoint.LAST_RT_DAY: dt.date(2024, 1, 15),
    }
    (visit,) = expected_visits(of, anchors, (), today=day("2024-02-01"))
    assert visit.target == day("2024-04-05")
    assert visit.requirements == {Item.CLINIC, Item.SYSTEMIC_IMAGING}


def test_the_target_stays_within_a_window_narrowed_by_merging():
    none = Window(Offset(0, OffsetUnit.DAYS), Offset(0, OffsetUnit.DAYS))
    exact = Clock(
        "exact",
        (Item.CLINIC,),
        TimePoint.LAST_RT_DAY,
        (Segment(OffsetUnit.DAYS, 40, 40, 1, none),),
    )
    of = schedule(daily(Item.TOXICITY, days=(30,)), exact)
    (visit,) = visits(today="2024-01-16", of=of).values()
    assert visit.target is not None
    assert visit.window_start is not None
    assert visit.window_end is not None
    assert visit.window_start <= visit.target <= visit.window_end


def test_an_open_clock_beside_a_closed_one_merges_the_same_whatever_today_is():
    of = Schedule(
        (clock(Item.CLINIC, last=60), clock(Item.SYSTEMIC_IMAGING, every=6, first=6, last=None)),
        (),
        14,
        frozenset(),
    )
    early, late = visits(today="2024-02-01", of=of), visits(today="2028-02-01", of=of)
    assert {key: early[key].requirements for key in early} == {
        key: late[key].requirements for key in early
    }
    assert early["m60"].requirements == {Item.CLINIC, Item.SYSTEMIC_IMAGING}


def test_open_ended_clocks_stop_at_the_horizon_that_is_asked_for():
    anchors = {TimePoint.LAST_RT_DAY: dt.date(2024, 1, 15)}
    found = expected_visits(
        schedule(clock(Item.CLINIC, last=None)),
        anchors,
        (),
        today=day("2024-01-15"),
        ahead_months=9,
    )
    assert [visit.key for visit in found] == [
        "last_rt_day-m03",
        "last_rt_day-m06",
        "last_rt_day-m09",
    ]


def test_a_visit_at_the_horizon_has_all_its_items():
    # Month 12 from 1 January and from 20 February 2024; the horizon is the first of the two.
    of = schedule(
        clock(Item.CLINIC, every=12, first=12, last=None, anchor=TimePoint.FIRST_RT_DAY),
        clock(Item.TOXICITY, every=12, first=12, last=None),
        merge_days=60,
    )
    anchors = {
        TimePoint.FIRST_RT_DAY: dt.date(2024, 1, 1),
        TimePoint.LAST_RT_DAY: dt.date(2024, 2, 20),
    }
    (visit,) = expected_visits(of, anchors, (), today=day("2024-01-01"), ahead_months=12)
    assert visit.target == day("2025-01-01")
    assert visit.requirements == {Item.CLINIC, Item.TOXICITY}
