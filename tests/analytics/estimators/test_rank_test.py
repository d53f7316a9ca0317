"""Rank tests by hand; `test_agreement.py` compares them with R."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import rank_test


def test_wilcoxon_counts_the_pairs_in_which_the_first_group_is_larger():
    first, second = [5, 7, 9], [4, 5, 6, 8]
    pairs = sum((a > b) + (a == b) / 2 for a in first for b in second)
    test = rank_test(first + second, ["a"] * 3 + ["b"] * 4)
    assert (test.method, test.statistic) == ("wilcoxon", pairs)
    assert test.n.tolist() == [3, 4]


def test_kruskal_wallis_without_ties_by_hand():
    test = rank_test([1, 2, 3, 4, 5, 6], [1, 1, 2, 2, 3, 3])
    assert test.method == "kruskal-wallis"
    assert test.statistic == pytest.approx(12 / 42 * (9 + 49 + 121) / 2 - 21)
    assert test.df == 2
    assert test.p_value == pytest.approx(math.exp(-test.statistic / 2))


def test_missing_values_are_left_out_and_counted():
    test = rank_test([5, None, 7, math.nan, 9], [1, 1, 2, 2, 2])
    assert test.missing == 2
    assert test.n.tolist() == [1, 2]
    assert test.p_value == rank_test([5, 7, 9], [1, 2, 2]).p_value


def test_missing_values_of_pandas_are_missing():
    values = pd.Series([5, None, 7], dtype="Int64")
    assert rank_test(values, [1, 1, 2]).missing == 1


def test_only_the_order_of_the_values_counts():
    values, group = np.array([3.0, 8, 1, 9, 4, 4]), list("ababab")
    assert rank_test(np.exp(values), group).p_value == rank_test(values, group).p_value


def test_groups_without_values_are_left_out_and_named():
    group = pd.Categorical(list("ababc"), categories=["c", "b", "a"])
    test = rank_test([1, 2, 3, 4, math.nan], group)
    assert test.groups == ("b", "a")
    assert test.warnings == ("group 'c' has no values and is left out",)


@pytest.mark.parametrize(
    ("values", "group", "warning"),
    [
        ([4, 4, 4, 4], [1, 1, 2, 2], "all values are equal: nothing can be compared"),
        ([4, 4, 4], [1, 2, 3], "all values are equal: nothing can be compared"),
        ([1, 2], ["a", "a"], "there is one group with values at most: nothing can be compared"),
        ([None], ["a"], "there is one group with values at most: nothing can be compared"),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_p_value(values, group, warning):
    test = rank_test(values, group)
    assert math.isnan(test.p_value)
    assert test.warnings[-1] == warning


@pytest.mark.parametrize(
    ("values", "group", "message"),
    [
        ([1, math.inf], [1, 2], "values is infinite at position 1"),
        (["1", "2"], [1, 2], "values must be numbers"),
        ([[1, 2]], [1, 2], "values must be one-dimensional"),
        ([1, 2], [1], "group has 1 values but values has 2"),
        ([1, 2], [1, None], "group is missing at position 1"),
        ([], [], "values is empty"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(values, group, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        rank_test(values, group)
