"""Rows cut where states begin: no day and no event is lost or counted twice."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.estimators import cox
from analytics.later.pieces import LANDMARK_ENTRY, ORIGIN_ENTRY, pieces_of

NEVER, UNKNOWN = np.inf, np.nan


def pieces(days, **begins):
    """(row, start, stop, is last, states) of each piece."""
    found = pieces_of(np.array(days), begins)
    columns = (found.row, found.start, found.stop, found.is_last, *found.states.values())
    return [tuple(values) for values in zip(*(one.tolist() for one in columns), strict=True)]


def test_a_row_is_out_of_the_state_up_to_the_day_it_begins_and_in_it_from_the_next():
    assert pieces([100], state=[40]) == [(0, -1, 40, False, 0), (0, 40, 100, True, 1)]


@pytest.mark.parametrize(
    ("begins", "expected"),
    [
        (NEVER, [(0, -1, 100, True, 0)]),
        (100, [(0, -1, 100, True, 0)]),  # on the last day: an event of that day is outside of it
        (101, [(0, -1, 100, True, 0)]),
        (99, [(0, -1, 99, False, 0), (0, 99, 100, True, 1)]),
        (0, [(0, -1, 0, False, 0), (0, 0, 100, True, 1)]),
        (-1, [(0, -1, 100, True, 1)]),  # before the origin: from the start
        (-50, [(0, -1, 100, True, 1)]),
    ],
)
def test_the_edges(begins, expected):
    assert pieces([100], state=[begins]) == expected


def test_a_row_of_the_day_of_the_origin_is_under_observation_on_it():
    assert pieces([0], state=[0]) == [(0, -1, 0, True, 0)]


def test_what_is_not_known_is_not_known_in_every_piece():
    found = pieces_of(np.array([100]), {"one": [UNKNOWN], "other": [30]})
    assert found.stop.tolist() == [30, 100]
    assert np.isnan(found.states["one"]).all()
    assert found.states["other"].tolist() == [0, 1]


def test_several_states_cut_each_where_it_begins_and_once_on_one_day():
    assert pieces([100, 50], one=[20, 30], other=[60, 30]) == [
        (0, -1, 20, False, 0, 0),
        (0, 20, 60, False, 1, 0),
        (0, 60, 100, True, 1, 1),
        (1, -1, 30, False, 0, 0),
        (1, 30, 50, True, 1, 1),
    ]


def test_without_rows_there_are_no_pieces():
    assert pieces([], state=[]) == []


rows = st.lists(
    st.tuples(
        st.integers(1, 60),
        st.booleans(),
        st.one_of(st.integers(-5, 70).map(float), st.just(NEVER)),
        st.integers(20, 80),
    ),
    min_size=1,
    max_size=25,
)


@given(rows, st.sampled_from([ORIGIN_ENTRY, LANDMARK_ENTRY]))
@settings(max_examples=60, deadline=None)
def test_pieces_of_a_row_follow_on_one_another_and_its_state_never_ends(listed, entry):
    days = np.array([row[0] for row in listed])
    begins = np.array([row[2] for row in listed])
    found = pieces_of(days, {"state": begins}, entry=entry)
    for place, (last, begin) in enumerate(zip(days, begins, strict=True)):
        own = found.row == place
        start, stop = found.start[own], found.stop[own]
        assert (start[0], stop[-1]) == (entry, last)
        assert (start[1:] == stop[:-1]).all()
        assert (start < stop).all()
        assert found.is_last[own].tolist() == [False] * (own.sum() - 1) + [True]
        in_state = sum((stop - start)[found.states["state"][own] == 1])
        assert in_state == max(0, last - max(begin, entry))


@given(rows)
@settings(max_examples=30, deadline=None)
def test_cutting_rows_changes_no_estimate_of_what_does_not_change(listed):
    days, event, begins, age = (np.array(column) for column in zip(*listed, strict=True))
    found = pieces_of(days, {"state": begins})
    whole = cox(days, event, pd.DataFrame({"age": age}))
    cut = cox(
        found.stop,
        event[found.row] & found.is_last,
        pd.DataFrame({"age": age[found.row]}),
        entry=found.start,
    )
    assert cut.events == whole.events
    np.testing.assert_allclose(cut.loglik, whole.loglik, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(cut.terms[0].coef, whole.terms[0].coef, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(cut.terms[0].se, whole.terms[0].se, rtol=1e-6, atol=1e-7)
