"""Median, range and quartiles by hand; `test_agreement.py` compares them with R."""

import math

import pandas as pd
import pytest

from analytics.estimators import median_range


def test_quartiles_are_interpolated():
    found = median_range([1, 2, 3, 4])
    assert (found.lower_quartile, found.median, found.upper_quartile) == (1.75, 2.5, 3.25)
    assert (found.minimum, found.maximum) == (1, 4)


def test_missing_values_are_counted_and_left_out():
    for values in ([7, None, 9], [7, math.nan, 9], pd.Series([7, None, 9], dtype="Int64")):
        found = median_range(values)
        assert (found.n, found.missing, found.median) == (2, 1, 8)


@pytest.mark.parametrize(("values", "missing"), [([], 0), ([None, None], 2)])
def test_without_values_nothing_is_known(values, missing):
    found = median_range(values)
    assert (found.n, found.missing) == (0, missing)
    assert math.isnan(found.median)
    assert math.isnan(found.upper_quartile)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, math.inf], "values is infinite at position 1"),
        (["a"], "values must be numbers"),
        ([[1], [2]], "values must be one-dimensional"),
        ([object()], "values must be numbers"),
    ],
)
def test_what_are_no_measurements_is_refused(values, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        median_range(values)
