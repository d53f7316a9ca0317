"""Gray's test by properties and by hand; `test_agreement.py` compares it with R."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import gray_test

DAYS = [3, 5, 8, 8, 11, 14, 20, 25]
CAUSE = [1, 2, 1, 0, 2, 1, 0, 1]
GROUP = list("abababab")


def test_the_first_event_alone_by_hand():
    # Nobody left before it: the risk sets are the numbers at risk, as in the log-rank test.
    test = gray_test([5, 9, 9, 9], [1, 0, 0, 0], list("aabb"))
    score, variance = 1 - 2 / 4, (1 / 4)
    assert test.statistic[0] == pytest.approx(score**2 / variance)
    assert test.df.tolist() == [1]


def test_the_order_of_rows_and_the_names_of_groups_change_nothing():
    order = [5, 2, 7, 0, 1, 6, 4, 3]
    plain = gray_test(DAYS, CAUSE, GROUP)
    shuffled = gray_test(*([column[i] for i in order] for column in (DAYS, CAUSE, GROUP)))
    renamed = gray_test(DAYS, CAUSE, [{"a": 9, "b": 4}[label] for label in GROUP])
    np.testing.assert_allclose(shuffled.statistic, plain.statistic)
    np.testing.assert_allclose(renamed.statistic, plain.statistic)


def test_a_single_stratum_is_no_stratum_and_equal_strata_double_the_statistic():
    plain = gray_test(DAYS, CAUSE, GROUP)
    one = gray_test(DAYS, CAUSE, GROUP, strata=["x"] * 8)
    two = gray_test(DAYS * 2, CAUSE * 2, GROUP * 2, strata=[1] * 8 + [2] * 8)
    np.testing.assert_allclose(one.statistic, plain.statistic)
    np.testing.assert_allclose(two.statistic, 2 * plain.statistic)


def test_groups_without_rows_are_left_out_and_named():
    group = pd.Categorical(GROUP, categories=["a", "z", "b"])
    test = gray_test(DAYS, CAUSE, group)
    np.testing.assert_allclose(test.statistic, gray_test(DAYS, CAUSE, GROUP).statistic)
    assert test.groups == ("a", "b")
    assert test.n.tolist() == [4, 4]
    assert test.warnings == ("group 'z' has no rows and is left out",)


@pytest.mark.parametrize(
    ("cause", "group", "warnings"),
    [
        ([0, 0, 0], list("aba"), ("cause 1 has no events: nothing can be compared",)),
        ([1, 0, 1], list("aaa"), ("there is one group only: nothing can be compared",)),
        ([0, 1, 1], list("abb"), ("no two groups were at risk when cause 1 occurred",)),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_statistic(cause, group, warnings):
    test = gray_test([1, 2, 3], cause, group)
    assert math.isnan(test.statistic[0])
    assert math.isnan(test.p_value[0])
    assert test.df.tolist() == [0]
    assert test.warnings == warnings


def test_a_cause_without_events_is_named_and_the_others_are_tested():
    test = gray_test([1, 2, 3, 4], [2, 0, 2, 2], list("abab"))
    assert np.isnan(test.statistic).tolist() == [True, False]
    assert test.warnings == ("cause 1 has no events: nothing can be compared",)


def test_where_the_pooled_incidence_reaches_1_early_no_variance_is_made_up():
    # R's cuminc() stops with an error here: group a is gone when group b has its last events.
    test = gray_test([10, 500, 30, 600], [1, 1, 1, 1], list("abab"))
    assert np.isnan(test.statistic).all()
    assert test.warnings == (
        "by the pooled estimate everybody has had cause 1 before its last day: "
        "the variance cannot be estimated",
    )


def test_the_result_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        gray_test(DAYS, CAUSE, GROUP).statistic[0] = 1.0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"days": [1, 2.5]}, "days must be whole days"),
        ({"cause": [1, -1]}, "cause must be 0 for a censoring"),
        ({"group": ["a"]}, "group has 1 values but days has 2"),
        ({"strata": ["a", None]}, "strata is missing at position 1"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        gray_test(**{"days": [1, 2], "cause": [1, 2], "group": ["a", "b"]} | changed)
