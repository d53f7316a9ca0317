"""Months put together until no period tells of a handful."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.dashboard.periods import Period, periods

LEAST = 5


def shown(counts: list[int]) -> list[tuple[int, int, int]]:
    return [(one.first, one.last, one.count) for one in periods(counts, LEAST)]


def test_months_of_five_and_more_and_empty_ones_stand_alone_or_with_their_like() -> None:
    assert shown([7, 5, 0, 0, 12]) == [(0, 0, 7), (1, 1, 5), (2, 3, 0), (4, 4, 12)]


def test_a_month_of_few_goes_with_those_after_it_until_they_are_five() -> None:
    assert shown([0, 2, 0, 2, 3, 6]) == [(0, 0, 0), (1, 4, 7), (5, 5, 6)]


def test_few_at_the_end_go_with_the_last_period_over_empty_months_in_between() -> None:
    assert shown([6, 8, 0, 0, 1, 2]) == [(0, 0, 6), (1, 5, 11)]


def test_empty_months_at_the_end_are_a_period_of_their_own() -> None:
    assert shown([6, 0, 0, 2, 0, 0]) == [(0, 3, 8), (4, 5, 0)]
    assert shown([3, 0, 4, 0]) == [(0, 2, 7), (3, 3, 0)]


def test_nothing_at_all_is_one_empty_period() -> None:
    assert shown([0, 0, 0]) == [(0, 2, 0)]
    assert shown([]) == []


def test_few_in_all_cannot_be_shown() -> None:
    with pytest.raises(ValueError, match="4 in all"):
        periods([3, 0, 1], LEAST)


def test_a_period_knows_its_length() -> None:
    assert Period(2, 4, 9).months == 3


@given(st.lists(st.integers(0, 9), max_size=60))
def test_every_period_counts_nothing_or_five_and_all_months_are_in_one(counts: list[int]) -> None:
    if 0 < sum(counts) < LEAST:
        return
    found = periods(counts, LEAST)

    assert all(one.count == 0 or one.count >= LEAST for one in found)
    assert [one.count for one in found] == [sum(counts[p.first : p.last + 1]) for p in found]
    assert [place for one in found for place in range(one.first, one.last + 1)] == list(
        range(len(counts))
    )
