"""The generator's own curve against a hand calculation."""

import pytest

from registry.demo.lives import (
    Life,
    distant_or_death,
    local_by_lesion,
    local_until_seen,
    medians,
    progression_or_death,
    rate,
    steps,
)

# Five patients: deaths on days 100 and 300, censored on 100, 200 and 400.
PAIRS = [(100, True), (100, False), (200, False), (300, True), (400, False)]


def test_events_of_a_day_come_before_censorings_of_that_day():
    # 4/5, then with two at risk 4/5 · 1/2.
    curve = steps(PAIRS)
    assert [day for day, _ in curve] == [100, 300]
    assert [part for _, part in curve] == pytest.approx([0.8, 0.4])


@pytest.mark.parametrize(("until", "percent"), [(99, 100), (100, 80), (299, 80), (300, 40)])
def test_the_rate_holds_from_the_day_of_an_event_on(until, percent):
    assert rate(steps(PAIRS), until) == pytest.approx(percent)


def test_a_plateau_at_one_half_has_two_medians():
    flat = [(304, True), (609, True)]
    assert medians(steps(flat)) == pytest.approx((304 / 30.4375, 456.5 / 30.4375))
    assert medians(steps(PAIRS)) == pytest.approx((300 / 30.4375,) * 2)
    assert medians(steps([(10, False)])) is None


def test_lesions_count_from_their_own_treatment_and_are_censored_at_death_or_last_contact():
    life = Life(500, died=True, gap=20, starts=[0, 91], local=[None, 300])
    assert local_by_lesion(life) == [(500, False), (209, True)]
    assert local_until_seen(life) == [(480, False), (209, True)]


def test_progression_comes_before_death():
    life = Life(500, died=True, gap=20, local=[300], distant=200)
    assert progression_or_death(life) == [(200, True)]
    assert distant_or_death(Life(500, died=True, gap=20, local=[300])) == [(500, True)]
