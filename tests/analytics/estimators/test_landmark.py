"""Landmark analysis: who goes on, and from which day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import kaplan_meier, landmark


def test_only_those_still_under_observation_go_on_with_a_clock_of_their_own():
    cut = landmark([10, 90, 90, 91, 200], [1, 1, 0, 1, 0], 90)
    assert cut.selected.tolist() == [False, False, False, True, True]
    assert cut.days.tolist() == [1, 110]
    assert cut.event.tolist() == [True, False]
    assert (cut.n_event_before, cut.n_censored_before) == (2, 1)


def test_at_the_origin_only_those_of_day_0_are_left_out():
    cut = landmark([0, 5], [1, 1], 0)
    assert cut.days.tolist() == [5]


def test_nobody_may_be_left():
    assert landmark([10, 20], [1, 0], 30).days.size == 0


def test_the_result_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        landmark([10, 20], [1, 0], 5).days[0] = 1


@given(
    st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=40),
    st.integers(0, 30),
)
@settings(max_examples=40, deadline=None)
def test_the_curve_of_the_selected_is_conditional_survival(rows, at):
    days, event = (np.array(column) for column in zip(*rows, strict=True))
    cut = landmark(days, event, at)
    assert cut.days.size + cut.n_event_before + cut.n_censored_before == days.size
    if cut.days.size:
        everybody, selected = kaplan_meier(days, event), kaplan_meier(cut.days, cut.event)
        conditional = everybody.at(selected.time + at)[0] / everybody.at([at])[0]
        np.testing.assert_allclose(selected.survival, conditional, atol=1e-12)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"at": -1}, "at must not be negative"),
        ({"at": 0.5}, "at must be whole days"),
        ({"days": [1, None]}, "days is missing or not finite at position 1"),
        ({"event": [1, 2]}, "event must be True/1"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(changed, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        landmark(**{"days": [1, 2], "event": [1, 0], "at": 1} | changed)
