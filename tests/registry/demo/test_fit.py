"""The search bends lives until the figures are met, or says which are not."""

from random import Random

import pytest

from registry.demo.draw import CohortError, days
from registry.demo.fit import Count, Curve, FollowUp, Goal, fit, unmet
from registry.demo.lives import Life, overall, rate, steps
from registry.demo.moves import move_distant, move_end, workday


def lives(count):
    return [Life(days(3 + month), died=month % 2 == 0) for month in range(count)]


def test_lives_are_changed_until_the_rate_and_the_follow_up_are_met():
    found = lives(40)
    goals: list[Goal] = [Curve("OS", overall, {12: 80.0, 24: 60.0}), FollowUp(20)]
    assert unmet(goals, found)
    fit(found, goals, [move_end(60, days(60))], Random(1))
    curve = steps(pair for life in found for pair in overall(life))
    assert rate(curve, days(12)) == pytest.approx(80, abs=1.3)
    assert rate(curve, days(24)) == pytest.approx(60, abs=1.3)


def test_figures_that_contradict_each_other_are_named():
    goals = [
        Count("deaths", 3, lambda life: life.died),
        Count("no deaths", 0, lambda life: life.died),
    ]
    with pytest.raises(CohortError, match="after 500 rounds: "):
        fit(lives(10), goals, [move_end(60, days(60))], Random(1), rounds=500)


def test_fixed_lives_stay_as_they_are():
    fixed = Life(700, tags={"fixed"})
    others = lives(20)
    goals = [Curve("OS", overall, {12: 30.0})]
    fit([fixed, *others], goals, [move_end(60, days(60))], Random(2))
    assert (fixed.end, fixed.died) == (700, False)


def test_progression_is_never_found_after_the_last_contact():
    dead = Life(400, died=True, gap=20)
    move = move_distant(60)
    rng = Random(3)
    for _ in range(300):
        move([dead], rng)
        assert dead.distant is None or 0 < dead.distant <= 380


@pytest.mark.parametrize(("day", "expected"), [(4, 4), (5, 4), (6, 4), (7, 7), (12, 11)])
def test_a_weekend_day_becomes_the_friday_before_when_day_0_is_a_monday(day, expected):
    assert workday(day, Life(400)) == expected
