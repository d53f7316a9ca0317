"""The score test of clustered rows by hand; `test_agreement.py` compares it with R."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import clustered_logrank, logrank

DAYS = [4, 9, 9, 15, 20, 22, 31, 31]
EVENT = [1, 1, 0, 1, 1, 0, 1, 1]
GROUP = list("abababab")


def test_with_ties_as_breslow_takes_them_the_numerator_is_that_of_the_log_rank_test():
    plain = logrank(DAYS, EVENT, GROUP)
    clustered = clustered_logrank(DAYS, EVENT, GROUP, range(8), ties="breslow")
    np.testing.assert_array_equal(clustered.observed, plain.observed)
    np.testing.assert_allclose(clustered.expected, plain.expected)


def test_two_rows_a_cluster_by_hand():
    # One event on day 1 in a, then one on day 2 in b: half of those at risk are in a both times.
    test = clustered_logrank([1, 2, 3, 3], [1, 1, 0, 0], list("abab"), [1, 1, 2, 2])
    day_1, day_2 = 2 / 4, 1 / 3
    row_1 = (1 - day_1) - (1 - day_1) / 4
    row_2 = (0 - day_2) - (0 - day_1) / 4 - (0 - day_2) / 3
    row_3 = -(1 - day_1) / 4 - (1 - day_2) / 3
    row_4 = -(0 - day_1) / 4 - (0 - day_2) / 3
    first, second = row_1 + row_2, row_3 + row_4
    assert test.statistic == pytest.approx((first + second) ** 2 / (first**2 + second**2))
    assert (test.df, test.n_clusters) == (1, 2)


def test_repeating_every_row_within_its_cluster_changes_nothing_without_ties():
    days, event = [3, 5, 8, 9, 12, 14], [1, 1, 0, 1, 1, 0]
    group, cluster = list("aababb"), list("uvwxyz")
    single = clustered_logrank(days, event, group, cluster, ties="breslow")
    twice = clustered_logrank(days * 2, event * 2, group * 2, cluster * 2, ties="breslow")
    assert twice.statistic == pytest.approx(single.statistic)


def test_the_order_of_rows_changes_nothing():
    order = [5, 2, 7, 0, 1, 6, 4, 3]
    cluster = [1, 1, 2, 3, 3, 4, 4, 2]
    plain = clustered_logrank(DAYS, EVENT, GROUP, cluster)
    other = clustered_logrank(
        *([column[place] for place in order] for column in (DAYS, EVENT, GROUP, cluster))
    )
    assert other.statistic == pytest.approx(plain.statistic)


@pytest.mark.parametrize(
    ("event", "group", "cluster", "warning"),
    [
        ([0, 0, 0, 0], list("abab"), [1, 2, 3, 4], "there are no events: nothing can be compared"),
        ([1, 1, 1, 1], list("aaaa"), [1, 2, 3, 4], "there is one group only"),
        ([1, 1, 1, 1], list("abab"), [7, 7, 7, 7], "there is one cluster only"),
        ([0, 0, 1, 1], list("aabb"), [1, 2, 3, 4], "no two groups were at risk on the same day"),
    ],
)
def test_where_nothing_can_be_compared_there_is_no_statistic(event, group, cluster, warning):
    test = clustered_logrank([1, 2, 3, 4], event, group, cluster)
    assert math.isnan(test.statistic)
    assert math.isnan(test.p_value)
    assert any(told.startswith(warning) for told in test.warnings)


def test_groups_without_rows_or_events_are_named():
    group = pd.Categorical(["a", "b", "a", "b"], categories=["a", "b", "z"])
    test = clustered_logrank([1, 2, 3, 4], [1, 0, 1, 0], group, [1, 1, 2, 3])
    assert test.groups == ("a", "b")
    assert test.warnings == ("group 'z' has no rows and is left out", "group 'b' has no events")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cluster": [1]}, "cluster has 1 values but days has 2"),
        ({"cluster": [1, None]}, "cluster is missing at position 1"),
        ({"group": ["a"]}, "group has 1 values but days has 2"),
        ({"days": [-1, 2]}, "days must not be negative"),
        ({"event": [3, 0]}, "event must be True/1"),
        ({"ties": "exact"}, "ties must be one of 'efron', 'breslow'"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    arguments = {"days": [1, 2], "event": [1, 1], "group": ["a", "b"], "cluster": [1, 2]} | changed
    with pytest.raises(ValueError, match=f"^{message}"):
        clustered_logrank(**arguments)
