"""Months of a time axis. Time is days everywhere else; months are only for showing."""

import math

DAYS_PER_MONTH = 30.4375
"""Mean length of a month in days: 365.25 / 12."""

_STEPS = (1, 3, 6, 12, 24, 36, 60, 120)


def month_ticks(last_day: float, at_most: int = 10) -> list[int]:
    """Ticks in months from 0 to the first one that reaches `last_day` (days).

    The step is the smallest usual one (1, 3, 6, 12, 24, ... months) with at most `at_most`
    intervals.

    Raises:
        ValueError: `last_day` is negative or not finite, or `at_most` is below 1.
    """
    if not math.isfinite(last_day) or last_day < 0:
        raise ValueError(f"last_day must be a day from 0 on, got {last_day!r}")
    if at_most < 1:
        raise ValueError(f"at_most must be at least 1, got {at_most!r}")
    months = last_day / DAYS_PER_MONTH
    usual = (step for step in _STEPS if months <= step * at_most)
    step = next(usual, 120 * math.ceil(months / (120 * at_most)))
    return [step * number for number in range(max(1, math.ceil(months / step)) + 1)]


def signed_month_ticks(first_day: float, last_day: float, at_most: int = 12) -> list[int]:
    """Ticks in months within the days from `first_day` to `last_day`, which lie around day 0.

    Multiples of the smallest usual step that gives at most `at_most` intervals; 0 is one of them.

    Raises:
        ValueError: `first_day` is after day 0 or `last_day` before it, or `at_most` is below 1.
    """
    if not first_day <= 0 <= last_day:
        raise ValueError(f"the days must lie around 0, got {first_day!r} to {last_day!r}")
    ahead = month_ticks(last_day - first_day, at_most)
    step = ahead[1] - ahead[0]
    # Calendar months are up to a day and a half longer than their mean: a tick at the very end of
    # the axis belongs to it.
    slack = 0.1
    lowest = -math.floor(-first_day / DAYS_PER_MONTH / step + slack)
    highest = math.floor(last_day / DAYS_PER_MONTH / step + slack)
    return [step * number for number in range(lowest, highest + 1)]
