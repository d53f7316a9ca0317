"""Labels become whole numbers, in the order that is declared or sorted."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimators.groups import groups


@pytest.mark.parametrize(
    ("values", "labels", "codes"),
    [
        (["b", "a", "b"], ("a", "b"), [1, 0, 1]),
        ([7, 3, 7], (3, 7), [1, 0, 1]),
        ([-5, 10**12, -5], (-5, 10**12), [0, 1, 0]),
        (np.array([2, 0, 2], dtype=np.uint64), (0, 2), [1, 0, 1]),
        ([True, False, True], (False, True), [1, 0, 1]),
        (np.array([True, True, True]), (True,), [0, 0, 0]),
        ([0.5, 0.25, 0.5], (0.25, 0.5), [1, 0, 1]),
        (pd.Series(["x", "w", "x"]), ("w", "x"), [1, 0, 1]),
        (pd.Categorical(["x", "w", "x"], ["x", "v", "w"]), ("x", "v", "w"), [0, 2, 0]),
        (pd.Series(pd.Categorical(["x", "w", "x"], ["x", "w"])), ("x", "w"), [0, 1, 0]),
    ],
)
def test_labels_are_numbered_in_order(values, labels, codes):
    found = groups("group", values, 3)
    assert found.labels == labels
    assert found.codes.tolist() == codes
    assert found.n_occupied == len(set(codes))


def test_rows_are_listed_per_level_also_for_one_without_rows():
    found = groups("group", pd.Categorical(["x", "w", "x"], ["x", "v", "w"]), 3)
    assert [rows.tolist() for rows in found.rows()] == [[0, 2], [], [1]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a", None, "b"], "group is missing at position 1"),
        (["a", math.nan, "b"], "group is missing at position 1"),
        ([0.5, math.nan, 1], "group is missing at position 1"),
        (pd.Series(["a", None, "b"]), "group is missing at position 1"),
        (pd.Categorical(["a", None, "b"]), "group is missing at position 1"),
        (["a", 7, "b"], "group has labels that cannot be sorted together"),
        (["a", "b"], "group has 2 values but rows has 3"),
        ([["a", "b", "c"]], "group must be one-dimensional, got 2 dimensions"),
    ],
)
def test_missing_and_unsortable_labels_are_refused(values, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        groups("group", values, 3, of="rows")
