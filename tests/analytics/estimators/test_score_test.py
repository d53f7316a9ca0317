"""Chi-square and normal tails, and statistics of singular variances."""

import math

import numpy as np
import pytest
from scipy import special

from analytics.estimators.score_test import chi_square_tail, normal_two_sided, quadratic_form


@pytest.mark.parametrize("df", [1, 2, 3, 4, 7, 12, 40])
@pytest.mark.parametrize("statistic", [0.0, 1e-8, 0.3, 3.841458820694124, 25.0, 400.0])
def test_the_tail_is_that_of_the_chi_square_distribution(statistic, df):
    assert chi_square_tail(statistic, df) == pytest.approx(
        special.chdtrc(df, statistic), rel=1e-12, abs=1e-300
    )


def test_without_statistic_or_degrees_of_freedom_there_is_no_p_value():
    assert math.isnan(chi_square_tail(math.nan, 1))
    assert math.isnan(chi_square_tail(2.0, 0))


def test_two_sided_tail_of_the_normal_distribution():
    assert normal_two_sided(-1.959963984540054) == pytest.approx(0.05)


def test_a_variance_of_lower_rank_gives_the_statistic_of_any_group_left_out():
    variance = np.array([[3.0, -1, -2], [-1, 4, -3], [-2, -3, 5]])
    score = np.array([1.0, 2, -3])
    statistic, df = quadratic_form(score, variance)
    kept = [0, 2]
    assert df == 2
    assert statistic == pytest.approx(
        score[kept] @ np.linalg.solve(variance[np.ix_(kept, kept)], score[kept])
    )


def test_groups_of_very_different_size_keep_their_degrees_of_freedom():
    assert quadratic_form(np.array([1.0, 1.0, 1e-6]), np.diag([1.0, 1.0, 1e-12])) == (3.0, 3)


def test_no_variance_is_no_test():
    statistic, df = quadratic_form(np.zeros(2), np.zeros((2, 2)))
    assert math.isnan(statistic)
    assert df == 0
