"""Pooled shares: by hand, by their properties, and what is refused."""

import math

import pytest

from analytics.estimators.pooled import pooled_share


def test_a_single_series_keeps_its_share_and_the_limits_of_its_logit():
    """10 of 20: logit 0, standard error √(1/10 + 1/10)."""
    found = pooled_share([10], [20])
    width = 1.959963984540054 * math.sqrt(0.2)

    assert found.share == pytest.approx(0.5)
    assert found.lower == pytest.approx(1 / (1 + math.exp(width)))
    assert (found.tau_squared, found.i_squared, found.series) == (0, 0, 1)


def test_series_of_one_share_pool_to_it_as_if_they_were_one():
    found, one = pooled_share([10, 20, 30], [20, 40, 60]), pooled_share([60], [120])

    assert found.tau_squared == 0
    assert (found.share, found.lower, found.upper) == pytest.approx(
        (one.share, one.lower, one.upper)
    )


def test_a_series_without_an_event_counts_half_an_event_more():
    """0 of 9 becomes 0.5 of 10."""
    assert pooled_share([0], [9]).share == pytest.approx(0.05)


def test_the_share_of_those_without_the_event_is_the_complement():
    found, others = pooled_share([1, 40, 5], [50, 50, 9]), pooled_share([49, 10, 4], [50, 50, 9])

    assert others.share == pytest.approx(1 - found.share)
    assert others.lower == pytest.approx(1 - found.upper)


@pytest.mark.parametrize(
    ("events", "totals", "message"),
    [
        ([], [], "at least one series"),
        ([1, 2], [3], "one length"),
        ([4], [3], "events is not possible: 4 at position 0"),
        ([0, 0], [3, 0], "totals is not possible: 0 at position 1"),
        ([math.nan], [3], "events is not possible: nan"),
    ],
)
def test_impossible_counts_are_refused_by_name(events, totals, message):
    with pytest.raises(ValueError, match=message):
        pooled_share(events, totals)
