"""Restricted mean survival time by hand; `test_agreement.py` compares it with R."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import rmst, rmst_difference


def test_the_area_under_the_curve_by_hand():
    # 1 for 10 days, 3/4 for 10 days, 3/8 for the last 5.
    mean = rmst([10, 15, 20, 30], [1, 0, 1, 0], 25)
    assert mean.estimate == pytest.approx(10 + 7.5 + 5 * 3 / 8)
    after_10, after_20 = 7.5 + 5 * 3 / 8, 5 * 3 / 8
    variance = after_10**2 / (4 * 3) + after_20**2 / (2 * 1)
    assert mean.std_err == pytest.approx(math.sqrt(variance))
    assert mean.upper - mean.estimate == pytest.approx(1.959963984540054 * mean.std_err)
    assert (mean.n, mean.events, mean.tau) == (4, 2, 25)


def test_without_an_event_before_the_horizon_it_is_the_horizon_without_error():
    mean = rmst([10, 20, 30], [0, 0, 1], 25)
    assert (mean.estimate, mean.std_err) == (25, 0)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=40), st.integers(1, 80))
@settings(max_examples=40, deadline=None)
def test_without_censoring_it_is_the_mean_of_the_times_cut_at_the_horizon(days, tau):
    mean = rmst(days, [1] * len(days), tau)
    cut = np.minimum(days, tau)
    assert mean.estimate == pytest.approx(cut.mean())
    assert mean.std_err == pytest.approx(cut.std() / math.sqrt(len(days)), abs=1e-9)


def test_the_difference_of_two_groups_adds_their_variances():
    first, second = rmst([10, 20, 30], [1, 1, 0], 25), rmst([5, 8, 40], [1, 1, 0], 25)
    difference = rmst_difference(first, second)
    assert difference.estimate == pytest.approx(first.estimate - second.estimate)
    assert difference.std_err**2 == pytest.approx(first.std_err**2 + second.std_err**2)
    assert 0 < difference.p_value < 1
    # A limit of 0 is a p value of 1 - level.
    z = difference.estimate / difference.std_err
    assert difference.p_value == pytest.approx(2 * (1 - 0.5 * (1 + math.erf(z / math.sqrt(2)))))


def test_without_any_error_a_difference_has_no_p_value():
    certain = rmst([30, 30], [0, 0], 25)
    assert math.isnan(rmst_difference(certain, certain).p_value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"tau": 0}, "tau must be a number of days above 0, got 0"),
        ({"tau": math.nan}, "tau must be a number of days above 0"),
        ({"tau": 21}, "tau must not be after the last day of the data, got 21 and 20"),
        ({"level": 95}, "level must be between 0 and 1"),
        ({"days": [1.5, 2]}, "days must be whole days"),
        ({"event": [1]}, "event has 1 values but days has 2"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rmst(**{"days": [10, 20], "event": [1, 0], "tau": 15} | changed)


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (rmst([10, 20], [1, 0], 12), "second has the tau 12, but first has 15"),
        (rmst([10, 20], [1, 0], 15, level=0.9), "second has the level 0.9, but first has 0.95"),
    ],
)
def test_means_of_another_horizon_or_level_are_not_compared(second, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rmst_difference(rmst([10, 20], [1, 0], 15), second)
