"""Where a patient stands today: day 0 keeps its weekday, and the standing is what was asked for."""

import datetime as dt
from random import Random

import pytest

from registry.demo.lives import Life
from registry.demo.placing import days_lived, monday_of
from registry.demo.visits import Planned, next_planned, planned_visits, visits_of
from registry.protocols import preset
from registry.protocols.vocabulary import Item, TimePoint

VISIT = Planned(day=213, before=14, after=14, items=frozenset({Item.CLINIC}))


@pytest.mark.parametrize("day", [9, 11, 15])
def test_every_day_of_a_week_has_the_same_monday(day):
    assert monday_of(dt.date(2026, 3, day)) == dt.date(2026, 3, 9)


@pytest.mark.parametrize("weekday", range(5))
@pytest.mark.parametrize(
    ("standing", "low", "high"),
    [("due", 199, 227), ("overdue", 228, 265), ("long overdue", 288, 320), ("upcoming", 123, 198)],
)
def test_the_standing_is_the_one_asked_for(weekday, standing, low, high):
    life = Life(120, weekday=weekday)
    for seed in range(50):
        lived = days_lived(life, VISIT, standing, Random(seed), accrual_months=60)
        assert low <= lived <= high
        # Counted back from a Monday, day 0 falls on its weekday.
        assert (dt.date(2026, 3, 9) - dt.timedelta(days=lived)).weekday() == weekday


def test_nobody_is_placed_before_their_last_contact():
    for seed in range(200):
        for life in (Life(390), Life(390, died=True, gap=5)):
            assert days_lived(life, None, "", Random(seed), accrual_months=6) >= 390


def test_the_next_visit_is_the_first_that_the_last_contact_leaves_open():
    schedule = preset("jinling").schedule
    assert schedule is not None
    anchors = {TimePoint.LAST_RT_DAY: 4}
    months = [round((visit.day - 4) / 30.4375) for visit in planned_visits(schedule, anchors)]
    assert months == [3, 6, 12, 18, 24, 30, 36, 42, 48, 54, 60]
    following = next_planned(Life(100), schedule, anchors)
    assert following is not None
    assert following.day == 4 + 183
    assert next_planned(Life(100, distant=95), schedule, anchors) is None


def test_visits_go_up_to_the_last_contact_and_hold_every_finding():
    schedule = preset("cnao").schedule
    assert schedule is not None
    life = Life(900, died=True, gap=10, local=[500], distant=700)
    visits = visits_of(life, schedule, {TimePoint.LAST_RT_DAY: 24}, Random(1))
    found = {visit.day: visit for visit in visits}
    assert max(found) == life.seen == 890
    for day in (500, 700):
        assert {Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING} <= found[day].items
    assert len(found) >= 8
