"""Tests of tables of counts by hand; `test_agreement.py` compares them with R."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from analytics.estimators import chi_square, fisher_exact

TABLE = [[3, 1, 2], [0, 4, 1]]


def test_the_tea_tasting_by_hand():
    # Fisher's lady: 3 of 4 right; (16 + 16 + 1 + 1) / 70 are as likely or less.
    test = fisher_exact([[3, 1], [1, 3]])
    assert test.p_value == pytest.approx(34 / 70)
    assert test.n == 8


@given(
    st.integers(2, 3).flatmap(
        lambda columns: st.lists(
            st.lists(st.integers(0, 2), min_size=columns, max_size=columns),
            min_size=2,
            max_size=3,
        )
    )
)
@settings(max_examples=20, deadline=None)
def test_it_is_the_share_of_orders_of_the_columns_that_make_no_likelier_table(table):
    # Deal the rows of the data to the columns in every distinct way, each as likely as the others.
    counts = np.array(table)
    assume(counts.any(axis=0).sum() > 1 and counts.any(axis=1).sum() > 1)
    assume(counts.sum() <= 7)
    rows = [row for row, total in enumerate(counts.sum(axis=1)) for _ in range(total)]
    columns = [column for column, total in enumerate(counts.sum(axis=0)) for _ in range(total)]
    dealt: Counter[tuple[tuple[int, int], ...]] = Counter()
    for order in itertools.permutations(columns):
        dealt[tuple(sorted(zip(rows, order, strict=True)))] += 1
    seen = dealt[tuple(sorted((i, j) for (i, j), k in np.ndenumerate(counts) for _ in range(k)))]
    expected = sum(ways for ways in dealt.values() if ways <= seen) / dealt.total()
    assert fisher_exact(counts).p_value == pytest.approx(expected)


def test_the_order_of_rows_and_columns_changes_nothing():
    plain = fisher_exact(TABLE).p_value
    assert fisher_exact(np.transpose(TABLE)).p_value == pytest.approx(plain)
    assert fisher_exact(np.array(TABLE)[::-1, [2, 0, 1]]).p_value == pytest.approx(plain)


def test_empty_rows_and_columns_are_left_out_and_named():
    wide = [[3, 0, 1, 2], [0, 0, 0, 0], [0, 0, 4, 1]]
    for test in (fisher_exact, chi_square):
        assert test(wide).p_value == pytest.approx(test(TABLE).p_value)
        assert test(wide).warnings[:2] == (
            "row 2 is empty and left out",
            "column 2 is empty and left out",
        )


@pytest.mark.parametrize("table", [[[3, 2]], [[3], [2]], [[3, 2], [0, 0]], [[0, 0], [0, 0]]])
def test_where_nothing_can_be_compared_there_is_no_p_value(table):
    for test in (fisher_exact(table), chi_square(table)):
        assert math.isnan(test.p_value)
        assert test.warnings[-1] == (
            "fewer than two rows or columns have counts: nothing can be compared"
        )


def test_a_table_too_large_for_the_exact_test_is_refused():
    with pytest.raises(ValueError, match="^table is too large for the exact test"):
        fisher_exact(40 + 10 * np.eye(6))


def test_the_chi_square_statistic_by_hand():
    # 15 expected in each cell; Yates's correction takes a half off each distance of 5.
    table = [[10, 20], [20, 10]]
    assert chi_square(table, correct=False).statistic == pytest.approx(4 * 25 / 15)
    assert chi_square(table).statistic == pytest.approx(4 * 4.5**2 / 15)
    assert chi_square(table).expected.tolist() == [[15, 15], [15, 15]]
    assert chi_square(table).warnings == ()


def test_small_expected_numbers_are_told():
    assert chi_square([[1, 8], [4, 9]]).warnings == (
        "a number below 5 is expected: the test is approximate",
    )


@pytest.mark.parametrize("test", [fisher_exact, chi_square])
@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([1, 2, 3], "table must have rows and columns"),
        ([[]], "table must have rows and columns"),
        ([[1, -2], [3, 4]], "table must hold whole numbers"),
        ([[1, 2.5], [3, 4]], "table must hold whole numbers"),
        ([[1, math.nan], [3, 4]], "table is missing or not finite"),
        ([["1", "2"], ["3", "4"]], "table must be numbers"),
    ],
)
def test_what_is_no_table_of_counts_is_refused(test, table, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        test(table)
