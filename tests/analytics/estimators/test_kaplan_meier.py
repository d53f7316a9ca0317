"""The Kaplan-Meier estimator against counting by hand; `test_agreement.py` compares it with R."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import kaplan_meier, reverse_kaplan_meier

# ---- by hand -------------------------------------------------------------------------------------


def test_a_censoring_on_the_day_of_an_event_is_still_at_risk_for_it():
    curve = kaplan_meier([10, 10, 20], [1, 0, 1])

    assert curve.n_risk.tolist() == [3, 1]
    assert curve.survival.tolist() == pytest.approx([2 / 3, 0.0])


def test_the_median_is_the_middle_of_a_plateau_at_one_half():
    assert kaplan_meier([10, 20, 30, 40], [1, 1, 1, 1]).median()[0] == 25.0


def test_a_median_that_is_not_reached_is_nan():
    estimate, lower, upper = kaplan_meier([10, 20, 30], [1, 0, 0]).median()
    assert math.isnan(estimate)
    assert math.isnan(upper)
    assert lower == 10.0


def test_where_nobody_is_left_the_curve_is_0_and_its_error_and_limits_unknown():
    for conf_type in ("log-log", "log", "plain"):
        curve = kaplan_meier([5, 9], [1, 1], conf_type=conf_type)
        assert curve.survival[-1] == 0.0
        assert np.isnan([curve.std_err[-1], curve.lower[-1], curve.upper[-1]]).all()


def test_before_the_first_event_the_curve_and_its_limits_are_1():
    for conf_type in ("log-log", "log", "plain"):
        curve = kaplan_meier([5, 9, 12], [0, 1, 0], conf_type=conf_type)
        assert (curve.std_err[0], curve.lower[0], curve.upper[0]) == (0.0, 1.0, 1.0)
        assert np.array(curve.at([0, 8.9])).tolist() == [[1.0, 1.0]] * 3


def test_past_the_last_day_the_curve_is_unknown_unless_it_has_reached_0_or_is_extended():
    censored_last = kaplan_meier([10, 20], [1, 0])
    assert np.isnan(np.array(censored_last.at([21]))).all()
    assert censored_last.at([20])[0] == 0.5
    assert censored_last.at([21], extend=True)[0] == 0.5
    assert kaplan_meier([10, 20], [1, 1]).at([21])[0] == 0.0


def test_an_event_on_day_0_lowers_the_curve_at_once():
    curve = kaplan_meier([0, 30, 60, 90], [1, 0, 0, 0])
    assert curve.at([0])[0] == 0.75
    assert curve.n_risk_at([0]) == 4


def test_cumulative_numbers_count_up_to_and_including_the_day():
    curve = kaplan_meier([10, 10, 20, 30], [1, 0, 1, 0])

    assert curve.n_event_by([9.9, 10, 20, 99]).tolist() == [0, 1, 2, 2]
    assert curve.n_censor_by([9.9, 10, 20, 99]).tolist() == [0, 1, 1, 2]
    assert curve.n_risk_at([0, 10, 10.1, 20, 30, 31]).tolist() == [4, 4, 2, 2, 1, 0]
    assert (curve.n, curve.events) == (4, 2)


def test_someone_who_enters_on_day_0_is_at_risk_on_day_0():
    curve = kaplan_meier([10, 20, 30], [1, 1, 0], entry=[0, 0, 5])
    assert curve.n_risk_at([0, 1, 5, 6]).tolist() == [2, 2, 2, 3]


def test_counts_without_weights_are_whole_numbers():
    rows = ([10, 20], [1, 0])
    assert kaplan_meier(*rows).n_risk.dtype == np.int64
    assert kaplan_meier(*rows, weights=[2.0, 3.0]).n_risk.dtype == np.int64
    assert kaplan_meier(*rows, weights=[2.5, 3.0]).n_risk.dtype == np.float64


def test_the_result_cannot_be_changed():
    curve = kaplan_meier([10, 20], [1, 0])
    with pytest.raises(ValueError, match="read-only"):
        curve.survival[0] = 1.0


def test_the_arguments_are_left_as_they_were():
    days, event = np.array([10, 20, 20]), np.array([True, False, True])
    kaplan_meier(days, event, weights=[1, 2, 3], entry=[0, 1, 2])
    assert days.tolist() == [10, 20, 20]
    assert event.tolist() == [True, False, True]


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.uint32, np.uint64, np.float64, object])
def test_any_numeric_type_of_whole_days_gives_the_same_curve(kind):
    days, event = [3, 7, 7, 30_000], [1, 0, 1, 0]
    curve = kaplan_meier(np.array(days, dtype=kind), np.array(event, dtype=kind))
    assert curve.time.tolist() == [3, 7, 30_000]
    assert curve.survival.tolist() == pytest.approx([3 / 4, 1 / 2, 1 / 2])


# ---- properties ----------------------------------------------------------------------------------

observations = st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=60)


@given(observations)
@settings(max_examples=60, deadline=None)
def test_without_censoring_the_curve_is_the_share_still_free_of_the_event(rows):
    days = np.array([day for day, _ in rows])
    curve = kaplan_meier(days, np.ones(days.size))
    np.testing.assert_allclose(curve.survival, [(days > t).mean() for t in curve.time], atol=1e-12)


@given(observations)
@settings(max_examples=60, deadline=None)
def test_the_curve_falls_within_its_limits_and_everybody_is_counted_once(rows):
    days, event = (np.array(column) for column in zip(*rows, strict=True))
    curve = kaplan_meier(days, event)
    assert (np.diff(curve.survival) <= 0).all()
    known = ~np.isnan(curve.lower)
    assert (curve.lower <= curve.survival + 1e-12)[known].all()
    assert (curve.upper >= curve.survival - 1e-12)[known].all()
    assert (curve.n, curve.events) == (len(rows), event.sum())
    t = curve.time + 0.5
    np.testing.assert_array_equal(
        curve.n_risk_at(t) + curve.n_event_by(t) + curve.n_censor_by(t), len(rows)
    )


@given(observations, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_rows_and_counting_them_beforehand_change_nothing(rows, shuffler):
    days, event = zip(*rows, strict=True)
    plain = kaplan_meier(days, event)

    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    counted = sorted(set(rows))
    weights = [rows.count(row) for row in counted]
    for other in (
        kaplan_meier(*zip(*shuffled, strict=True)),
        kaplan_meier(*zip(*counted, strict=True), weights=weights),
        kaplan_meier(days, event, entry=[-1] * len(rows)),
    ):
        for name in ("time", "n_risk", "n_event", "n_censor", "survival", "lower", "upper"):
            np.testing.assert_array_equal(getattr(other, name), getattr(plain, name))


@given(observations)
@settings(max_examples=40, deadline=None)
def test_a_cluster_of_equal_rows_is_worth_one_row(rows):
    days, event = (np.array(column) for column in zip(*rows, strict=True))
    for estimate in (kaplan_meier, reverse_kaplan_meier):
        single = estimate(days, event)
        doubled = estimate(
            np.repeat(days, 2), np.repeat(event, 2), cluster=np.repeat(np.arange(days.size), 2)
        )
        known = single.survival > 0
        np.testing.assert_allclose(doubled.survival, single.survival, atol=1e-12)
        for name in ("std_err", "lower", "upper"):
            np.testing.assert_allclose(
                getattr(doubled, name)[known], getattr(single, name)[known], atol=1e-12
            )
        assert doubled.n_clusters == days.size


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [kaplan_meier, reverse_kaplan_meier])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"days": []}, "days is empty"),
        ({"days": [[10, 20]]}, "days must be one-dimensional"),
        ({"days": 10}, "days must be one-dimensional"),
        ({"days": [10, 20.5]}, "days must be whole days, got 20.5 at position 1"),
        ({"days": [10, -1]}, "days must not be negative, got -1 at position 1"),
        ({"days": [10, math.nan]}, "days is missing or not finite at position 1"),
        ({"days": [10, None]}, "days is missing or not finite at position 1"),
        ({"days": [math.inf, 10]}, "days is missing or not finite at position 0"),
        ({"days": ["10", "20"]}, "days must be numbers"),
        ({"days": np.array(["10", object()], dtype=object)}, "days must be numbers without"),
        ({"event": [1]}, "event has 1 values but days has 2"),
        ({"event": [1, 2]}, "event must be True/1 for an event or False/0 .*got 2 at position 1"),
        ({"event": [math.nan, 1]}, "event is missing or not finite at position 0"),
        ({"event": ["yes", "no"]}, "event must be numbers"),
        ({"entry": [0]}, "entry has 1 values but days has 2"),
        ({"entry": [0, 20]}, "entry must be before days, got 20 and 20 at position 1"),
        ({"entry": [0.5, 1]}, "entry must be whole days"),
        ({"weights": [1, 2, 3]}, "weights has 3 values but days has 2"),
        ({"weights": [1, -2]}, "weights must not be negative, got -2 at position 1"),
        ({"weights": [1, math.nan]}, "weights is missing or not finite at position 1"),
        ({"weights": [0, 0]}, "weights are all 0"),
        ({"cluster": ["a"]}, "cluster has 1 values but days has 2"),
        ({"cluster": ["a", None]}, "cluster is missing at position 1"),
        ({"cluster": ["a", 7]}, "cluster has labels that cannot be sorted together"),
        ({"conf_type": "logit"}, "conf_type must be one of 'log-log', 'log', 'plain'"),
        ({"level": 95}, "level must be between 0 and 1"),
        ({"level": 1.0}, "level must be between 0 and 1"),
        ({"level": math.nan}, "level must be between 0 and 1"),
        ({"level": "high"}, "level must be a number between 0 and 1"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(function, changed, message):
    given_arguments = {"days": [10, 20], "event": [1, 0]} | changed
    days, event = given_arguments.pop("days"), given_arguments.pop("event")
    with pytest.raises(ValueError, match=message):
        function(days, event, **given_arguments)


@pytest.mark.parametrize("q", [0, 1, -0.1, 50, math.nan])
def test_a_quantile_outside_0_to_1_is_refused(q):
    with pytest.raises(ValueError, match="q must be between 0 and 1"):
        kaplan_meier([10, 20], [1, 0]).quantile(q)


@pytest.mark.parametrize("method", ["at", "n_risk_at", "n_event_by", "n_censor_by"])
@pytest.mark.parametrize("days", [[-1], [math.nan]])
def test_a_time_point_that_is_no_day_is_refused(method, days):
    with pytest.raises(ValueError, match=r"^days "):
        getattr(kaplan_meier([10, 20], [1, 0]), method)(days)
