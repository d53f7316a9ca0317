"""Cumulative incidence against counting by hand; `test_agreement.py` compares it with R."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import cumulative_incidence, kaplan_meier

observations = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), min_size=1, max_size=50)


def columns(rows):
    return (np.array(column) for column in zip(*rows, strict=True))


# ---- by hand -------------------------------------------------------------------------------------


def test_two_causes_by_hand():
    curves = cumulative_incidence([10, 20, 20, 30, 40], [1, 2, 0, 1, 0])

    assert curves.time.tolist() == [10, 20, 30, 40]
    assert curves.n_risk.tolist() == [5, 4, 2, 1]
    assert curves.n_event.tolist() == [[1, 0], [0, 1], [1, 0], [0, 0]]
    assert curves.n_censor.tolist() == [0, 1, 0, 1]
    first = [1 / 5, 1 / 5, 1 / 5 + (4 / 5) * (3 / 4) / 2, 1 / 2]
    np.testing.assert_allclose(curves.estimate[:, 0], first)
    np.testing.assert_allclose(curves.estimate[:, 1], [0, 1 / 5, 1 / 5, 1 / 5])


def test_without_censoring_the_error_is_that_of_a_share():
    curves = cumulative_incidence([1, 2, 3, 4, 5], [1, 2, 1, 2, 1])
    share = np.array([1, 1, 2, 2, 3]) / 5
    np.testing.assert_allclose(curves.std_err[:, 0], np.sqrt(share * (1 - share) / 5))


def test_it_is_less_than_one_minus_kaplan_meier_that_censors_the_competing_events():
    days, cause = [5, 8, 9, 12, 15, 18], [2, 1, 2, 1, 0, 1]
    naive = 1 - kaplan_meier(days, np.equal(cause, 1)).survival
    assert (cumulative_incidence(days, cause).estimate[1:, 0] < naive[1:]).all()


def test_between_the_days_the_curve_is_flat_and_past_the_data_unknown():
    curves = cumulative_incidence([10, 20, 30], [1, 2, 0])
    estimate, lower, upper = curves.at([0, 9.5, 10, 29, 30, 31], 1)
    np.testing.assert_allclose(estimate, [0, 0, 1 / 3, 1 / 3, 1 / 3, math.nan])
    assert np.isnan(lower).tolist() == [True, True, False, False, False, True]
    assert (lower[2:5] < estimate[2:5]).all()
    assert (estimate[2:5] < upper[2:5]).all()
    assert curves.at([31], 1, extend=True)[0] == pytest.approx(1 / 3)
    everybody = cumulative_incidence([10, 20], [1, 2])
    assert everybody.at([99], 2)[0] == 0.5


def test_a_cause_without_events_has_an_incidence_of_0_without_limits():
    curves = cumulative_incidence([10, 20], [1, 0], causes=2)
    assert curves.causes == 2
    assert curves.estimate[:, 1].tolist() == [0, 0]
    assert curves.std_err[:, 1].tolist() == [0, 0]
    assert np.isnan(curves.lower[:, 1]).all()
    assert cumulative_incidence([10, 20], [0, 0]).causes == 1


def test_groups_have_curves_of_their_own_with_the_same_causes():
    days, cause = [10, 20, 20, 30, 40, 50], [1, 2, 0, 1, 0, 1]
    group = pd.Categorical(list("baabba"), categories=["b", "z", "a"])
    by_group = cumulative_incidence(days, cause, group=group, cluster=[1, 1, 2, 2, 3, 3])
    assert list(by_group) == ["b", "a"]
    assert by_group["b"].causes == by_group["a"].causes == 2
    alone = cumulative_incidence([10, 30, 40], [1, 1, 0], causes=2, cluster=[1, 2, 3])
    np.testing.assert_array_equal(by_group["b"].estimate, alone.estimate)
    np.testing.assert_array_equal(by_group["b"].std_err, alone.std_err)
    assert by_group["b"].n_clusters == 3
    assert by_group["a"].n_clusters == 3


def test_a_wider_level_gives_wider_limits():
    rows = ([10, 20, 30, 40], [1, 2, 1, 0])
    narrow, wide = cumulative_incidence(*rows, level=0.8), cumulative_incidence(*rows, level=0.99)
    assert (wide.lower[:, 0] < narrow.lower[:, 0]).all()
    assert (wide.upper[:, 0] > narrow.upper[:, 0]).all()


def test_the_result_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        cumulative_incidence([10, 20], [1, 0]).estimate[0] = 1.0


# ---- properties ----------------------------------------------------------------------------------


@given(observations)
@settings(max_examples=40, deadline=None)
def test_the_incidences_and_survival_free_of_any_event_add_up_to_1(rows):
    days, cause = columns(rows)
    curves = cumulative_incidence(days, cause)
    any_cause = kaplan_meier(days, cause > 0)
    np.testing.assert_allclose(curves.survival, any_cause.survival, atol=1e-12)
    np.testing.assert_allclose(curves.estimate.sum(axis=1) + curves.survival, 1, atol=1e-12)
    assert (np.diff(curves.estimate, axis=0) >= 0).all()


@given(observations)
@settings(max_examples=40, deadline=None)
def test_with_one_row_per_cluster_the_robust_error_is_the_usual_one(rows):
    days, cause = columns(rows)
    usual = cumulative_incidence(days, cause)
    robust = cumulative_incidence(days, cause, cluster=np.arange(days.size))
    np.testing.assert_allclose(robust.std_err, usual.std_err, atol=1e-7)


@given(observations, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_of_rows_changes_nothing(rows, shuffler):
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    plain, other = cumulative_incidence(*columns(rows)), cumulative_incidence(*columns(shuffled))
    for name in ("time", "n_risk", "n_event", "n_censor", "estimate", "std_err", "lower"):
        np.testing.assert_array_equal(getattr(other, name), getattr(plain, name))


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"days": [1, -2]}, "days must not be negative"),
        ({"cause": [1]}, "cause has 1 values but days has 2"),
        ({"cause": [1, 99]}, "cause must be 0 for a censoring or 1 to 20 .*got 99 at position 1"),
        ({"cause": [-1, 0]}, "cause must be 0 for a censoring"),
        ({"cause": [0.5, 0]}, "cause must be 0 for a censoring"),
        ({"cause": [math.nan, 0]}, "cause is missing or not finite at position 0"),
        ({"causes": 1}, "causes must be at least the largest cause, 2"),
        ({"causes": 21}, "causes must be at least the largest cause, 2, and 1 to 20, got 21"),
        ({"group": ["a"]}, "group has 1 values but days has 2"),
        ({"cluster": ["a", None]}, "cluster is missing at position 1"),
        ({"variance": "greenwood"}, "variance must be one of 'delta', 'aalen'"),
        ({"level": 95}, "level must be between 0 and 1"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        cumulative_incidence(**{"days": [1, 2], "cause": [1, 2]} | changed)


@pytest.mark.parametrize("cause", [0, 3, "1"])
def test_an_unknown_cause_is_refused(cause):
    with pytest.raises(ValueError, match="^cause must be 1 to 2"):
        cumulative_incidence([1, 2], [1, 2]).at([1], cause)


def test_a_time_point_that_is_no_day_is_refused():
    with pytest.raises(ValueError, match="^days must not be negative"):
        cumulative_incidence([1, 2], [1, 2]).at([-1], 1)
