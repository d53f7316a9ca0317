"""Drawn values have exactly the margins that are asked for."""

from collections import Counter
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.demo.draw import CohortError, days, deal, ramp, some_of, spread, within

seeds = st.integers(0, 10_000)


def test_months_are_counted_in_whole_days():
    assert (days(12), days(36), days(0.5)) == (365, 1096, 15)


@given(seeds, st.dictionaries(st.text(max_size=3), st.integers(0, 9)))
def test_dealt_values_come_as_often_as_asked(seed, counts):
    dealt = Counter(deal(counts, Random(seed)))
    assert dealt == Counter({value: n for value, n in counts.items() if n})


@given(seeds, st.integers(3, 90), st.integers(1, 3))
def test_a_ramp_ascends_from_its_lowest_to_its_highest_value(seed, count, bend):
    values = ramp(count, 2.5, 40, Random(seed), decimals=1, bend=bend)
    assert len(values) == count
    assert (values[0], values[-1]) == (2.5, 40)
    assert values == sorted(values)


@given(seeds, st.integers(3, 90), st.floats(0.1, 50), st.floats(0.1, 50))
def test_a_spread_has_its_median_and_range(seed, count, below, above):
    low, middle, high = 10.0, round(10 + below, 1), round(10 + below + above, 1)
    values = spread(count, low, middle, high, Random(seed), decimals=1)
    assert len(values) == count
    assert (min(values), median(values), max(values)) == (low, middle, high)


@given(seeds)
def test_days_lie_within_their_intervals(seed):
    found = within({(0, 12): 5, (12, 24): 3}, Random(seed))
    assert sum(day <= days(12) for day in found) == 5
    assert sum(days(12) < day <= days(24) for day in found) == 3


def test_choosing_more_than_there_are_is_refused():
    with pytest.raises(CohortError, match="2 patients fit where 3 are needed"):
        some_of(["a", "b"], 3, Random(1))
