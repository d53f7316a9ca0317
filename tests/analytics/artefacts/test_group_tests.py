"""Tests between groups give what R gives."""

import numpy as np
import pytest

from analytics.artefacts.group_tests import counts_p, ranks_p


def test_two_levels_in_two_groups_are_tested_exactly():
    # R: fisher.test(matrix(c(3, 1, 1, 3), 2))$p.value
    assert counts_p(np.array([[3, 1], [1, 3]])) == pytest.approx(0.4857142857142857, rel=1e-12)


def test_more_levels_are_tested_by_chi_square():
    # R: chisq.test(matrix(c(20, 10, 6, 8, 18, 12), 3))$p.value
    table = np.array([[20, 8], [10, 18], [6, 12]])
    assert counts_p(table) == pytest.approx(0.00918039500922433, rel=1e-12)


def test_more_levels_are_tested_exactly_where_few_are_expected():
    # R: fisher.test(matrix(c(10, 5, 3, 4, 9, 6), 3))$p.value
    table = np.array([[10, 4], [5, 9], [3, 6]])
    assert counts_p(table) == pytest.approx(0.106279205645651, rel=1e-12)


def test_a_table_too_large_for_the_exact_test_is_tested_by_chi_square(monkeypatch):
    def too_many_tables(_table):
        raise ValueError("too many tables")

    monkeypatch.setattr("analytics.artefacts.group_tests.fisher_exact", too_many_tables)
    # R: chisq.test(matrix(c(10, 5, 3, 4, 9, 6), 3))$p.value
    table = np.array([[10, 4], [5, 9], [3, 6]])
    assert counts_p(table) == pytest.approx(0.0958143778836158, rel=1e-12)


def test_empty_levels_and_groups_change_nothing():
    table = np.array([[3, 1, 0], [0, 0, 0], [1, 3, 0]])
    assert counts_p(table) == pytest.approx(0.4857142857142857, rel=1e-12)


def test_ranks_with_ties():
    # R: kruskal.test(list(c(1, 2, 2, 5), c(3, 5, 8), c(2, 9)))$p.value
    groups = [np.array(group, dtype=float) for group in ([1, 2, 2, 5], [3, 5, 8], [2, 9])]
    assert ranks_p(groups) == pytest.approx(0.26093648314613, rel=1e-12)


@pytest.mark.parametrize(
    "p",
    [
        counts_p(np.array([[3, 4]])),
        counts_p(np.zeros((0, 2), dtype=int)),
        ranks_p([np.array([1.0, 2.0])]),
        ranks_p([np.array([1.0]), np.array([1.0])]),
        ranks_p([]),
    ],
)
def test_without_two_things_to_compare_there_is_no_p(p):
    assert p is None
