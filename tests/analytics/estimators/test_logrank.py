"""The log-rank test against counting by hand; `test_agreement.py` compares it with R."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import logrank

rows = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.sampled_from("abc")), min_size=2, max_size=50
)


def columns(given_rows):
    return (list(column) for column in zip(*given_rows, strict=True))


# ---- by hand -------------------------------------------------------------------------------------


def test_two_groups_by_the_formula_of_two_groups():
    # Day 1: 4 at risk, 2 of them in a, 1 event. Day 2: 3 at risk, 1 in a, 1 event. Day 3: 2, none.
    test = logrank([1, 2, 3, 3], [1, 1, 1, 1], ["a", "b", "b", "a"])

    expected = 2 / 4 + 1 / 3 + 2 * 1 / 2
    variance = 1 / 4 + 2 / 9 + 2 * (2 - 2) / 1
    assert test.observed.tolist() == [2, 2]
    assert test.expected[0] == pytest.approx(expected)
    assert test.variance[0, 0] == pytest.approx(variance)
    assert test.statistic == pytest.approx((2 - expected) ** 2 / variance)
    assert test.df == 1


def test_groups_keep_the_order_of_their_categories():
    sizes = pd.Categorical(["large", "small", "large", "small"], categories=["small", "large"])
    test = logrank([1, 2, 3, 4], [1, 1, 0, 1], sizes)
    assert test.groups == ("small", "large")
    assert test.n.tolist() == [2, 2]
    assert test.warnings == ()


def test_a_group_without_rows_is_left_out_and_named():
    without = logrank([1, 2, 3], [1, 1, 1], ["a", "b", "a"])
    with_level = logrank(
        [1, 2, 3], [1, 1, 1], pd.Categorical(["a", "b", "a"], categories=["a", "z", "b"])
    )
    assert with_level.groups == ("a", "b")
    assert with_level.warnings == ("group 'z' has no rows and is left out",)
    assert (with_level.statistic, with_level.df) == (without.statistic, 1)


def test_a_group_without_events_is_compared_and_named():
    test = logrank([5, 6, 7, 8], [1, 0, 1, 0], [1, 2, 1, 2])
    assert test.warnings == ("group 2 has no events",)
    assert test.statistic > 0


def test_a_group_that_left_before_the_first_event_takes_no_degree_of_freedom():
    test = logrank([1, 5, 6, 7, 8], [0, 1, 0, 1, 0], ["c", "a", "b", "a", "b"])
    assert test.df == 1
    assert "group 'c' was not at risk on any day of an event and counts for 0" in test.warnings


@pytest.mark.parametrize(
    ("days", "event", "group", "warning"),
    [
        ([1, 2, 3], [0, 0, 0], ["a", "b", "a"], "there are no events: nothing can be compared"),
        ([1, 2, 3], [1, 0, 1], ["a", "a", "a"], "there is one group only: nothing can be compared"),
        ([4], [1], ["a"], "there is one group only: nothing can be compared"),
        (
            [1, 2, 3, 4],
            [0, 0, 1, 1],
            ["a", "a", "b", "b"],
            "no two groups were at risk on the same day of an event",
        ),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_statistic(days, event, group, warning):
    test = logrank(days, event, group)
    assert math.isnan(test.statistic)
    assert math.isnan(test.p_value)
    assert test.df == 0
    assert warning in test.warnings


def test_groups_that_never_meet_in_a_stratum_take_no_degree_of_freedom():
    # a and b meet in the first stratum, c and d in the second: two comparisons, not three.
    test = logrank(
        [1, 2, 3, 4, 1, 2, 3, 4], [1] * 8, list("ababcdcd"), strata=[1, 1, 1, 1, 2, 2, 2, 2]
    )
    apart = logrank([1, 2, 3, 4], [1] * 4, list("abab"))
    assert test.df == 2
    assert test.statistic == pytest.approx(2 * apart.statistic)


def test_trend_takes_scores_by_label_or_in_order_and_ignores_their_unit():
    data = ([1, 2, 3, 4, 5, 6], [1, 1, 0, 1, 1, 1], ["i", "ii", "iii", "ii", "iii", "i"])
    by_label = logrank(*data, scores={"iii": 3, "i": 1, "ii": 2})
    assert by_label.df == 1
    assert logrank(*data, scores=[1, 2, 3]).statistic == pytest.approx(by_label.statistic)
    assert logrank(*data, scores=[50, 40, 30]).statistic == pytest.approx(by_label.statistic)


def test_trend_over_two_groups_is_the_log_rank_test():
    data = ([1, 2, 3, 4, 5], [1, 1, 0, 1, 1], [0, 1, 1, 0, 1])
    assert logrank(*data, scores=[0, 7]).statistic == pytest.approx(logrank(*data).statistic)


def test_the_result_cannot_be_changed():
    test = logrank([1, 2], [1, 1], [0, 1])
    with pytest.raises(ValueError, match="read-only"):
        test.expected[0] = 5


# ---- properties ----------------------------------------------------------------------------------


@given(rows, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_and_counting_them_beforehand_change_nothing(given_rows, shuffler):
    plain = logrank(*columns(given_rows))
    shuffled = list(given_rows)
    shuffler.shuffle(shuffled)
    counted = sorted(set(given_rows))
    for other in (
        logrank(*columns(shuffled)),
        logrank(*columns(counted), weights=[given_rows.count(row) for row in counted]),
        logrank(*columns(given_rows), strata=["only"] * len(given_rows)),
    ):
        np.testing.assert_allclose(other.statistic, plain.statistic, rtol=1e-9)
        np.testing.assert_array_equal(other.n, plain.n)
        assert (other.df, other.groups, other.warnings) == (plain.df, plain.groups, plain.warnings)


@given(rows)
@settings(max_examples=40, deadline=None)
def test_as_many_events_are_expected_as_are_observed(given_rows):
    test = logrank(*columns(given_rows))
    assert test.expected.sum() == pytest.approx(test.observed.sum())
    np.testing.assert_allclose(test.variance.sum(axis=0), 0, atol=1e-9)


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"days": [1.5, 2, 3]}, "days must be whole days"),
        ({"event": [1, 2, 0]}, "event must be True/1"),
        ({"group": ["a", "b"]}, "group has 2 values but days has 3"),
        ({"group": ["a", None, "b"]}, "group is missing at position 1"),
        ({"group": [["a", "b", "c"]]}, "group must be one-dimensional"),
        ({"strata": [1.0, 2.0, math.nan]}, "strata is missing at position 2"),
        ({"weights": [1, 1.5, 1]}, "weights must be whole numbers of cases, got 1.5 at position 1"),
        ({"weights": [1, -1, 1]}, "weights must not be negative"),
        ({"scores": [1, 2, 3]}, "scores has 3 values but there are 2 groups"),
        ({"scores": {"a": 1}}, "scores has none for group 'b'"),
        ({"scores": [1, math.inf]}, "scores must be finite"),
        ({"scores": [2, 2]}, "scores must not all be equal"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    arguments = {"days": [1, 2, 3], "event": [1, 1, 0], "group": ["a", "b", "a"]} | changed
    with pytest.raises(ValueError, match=f"^{message}"):
        logrank(**arguments)
