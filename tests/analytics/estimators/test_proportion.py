"""Shares with their limits by hand; `test_agreement.py` compares them with R."""

import numpy as np
import pytest

from analytics.estimators import proportion


def test_the_rule_of_three_for_none_in_n():
    exact = proportion(0, 25, "clopper-pearson", sides=1)
    assert exact.upper == pytest.approx(1 - 0.05 ** (1 / 25))
    assert (exact.estimate, exact.lower) == (0, 0)


def test_all_of_n_is_none_of_n_turned_over():
    for method in ("wilson", "clopper-pearson"):
        none, everybody = proportion(0, 12, method), proportion(12, 12, method)
        assert everybody.upper == 1
        assert everybody.lower == pytest.approx(1 - none.upper)


def test_wilson_limits_solve_the_score_equation():
    share = proportion(7, 61, "wilson", 0.9)
    for limit in (share.lower, share.upper):
        z = (share.estimate - limit) / np.sqrt(limit * (1 - limit) / 61)
        assert abs(z) == pytest.approx(1.6448536269514722)


def test_the_exact_interval_is_the_wider_one():
    exact, wilson = proportion(3, 40, "clopper-pearson"), proportion(3, 40)
    assert exact.lower < wilson.lower
    assert exact.upper > wilson.upper


def test_numbers_of_numpy_are_whole_numbers():
    share = proportion(np.int64(1), np.int32(4))
    assert (share.k, share.n, share.estimate) == (1, 4, 0.25)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"k": 5}, "k must be 0 to n, got 5 of 4"),
        ({"k": -1}, "k must be 0 to n"),
        ({"k": 1.0}, "k must be a whole number"),
        ({"n": 0, "k": 0}, "n must be at least 1"),
        ({"n": "4"}, "n must be a whole number"),
        ({"method": "wald"}, "method must be one of 'wilson', 'clopper-pearson'"),
        ({"level": 95}, "level must be between 0 and 1"),
        ({"sides": 3}, "sides must be 1 or 2"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        proportion(**{"k": 1, "n": 4} | changed)
