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
