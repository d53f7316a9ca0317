"""Values with exact margins: counts of a table, medians and ranges, days within intervals.

Everything random comes from a ``random.Random`` that the caller seeds, and only additions,
multiplications and divisions are used on the way to a decision, so that the same seed gives the
same bytes on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")

Intervals = Mapping[tuple[float, float], int]
"""How many events lie between two times in months."""

MONTH_DAYS = 30.4375
"""Mean length of a month in days, as in all figures of the registry."""


class CohortError(Exception):
    """A cohort cannot be made as its specification says; the message names what is not met."""


def days(months: float) -> int:
    """Whole days in so many months."""
    return round(months * MONTH_DAYS)


def deal(counts: Mapping[T, int], rng: Random) -> list[T]:
    """Every value as often as its count says, in random order."""
    values = [value for value, count in counts.items() for _ in range(count)]
    rng.shuffle(values)
    return values


def ramp(
    count: int, low: float, high: float, rng: Random, *, decimals: int = 0, bend: int = 1
) -> list[float]:
    """``count`` ascending values from ``low`` to ``high``, both exact.

    With a higher ``bend`` more of them lie near ``low``: a long tail upwards.
    """
    if count == 1:
        return [round(low, decimals)]
    values = []
    for index in range(count):
        noise = rng.uniform(-0.4, 0.4) if 0 < index < count - 1 else 0.0
        part = (index + noise) / (count - 1)
        share = 1.0
        for _ in range(bend):
            share *= part
        values.append(round(low + (high - low) * share, decimals))
    return sorted(values)


def spread(
    count: int, low: float, median: float, high: float, rng: Random, *, decimals: int = 0
) -> list[float]:
    """``count`` ascending values with exactly this lowest value, median and highest value.

    The upper half is drawn towards the median the more, the longer its tail is.
    """
    half = (count - 1) // 2
    tail = round((high - median) / max(median - low, 1e-9))
    lower = ramp(half + 1, low, median, rng, decimals=decimals)[:-1]
    upper = ramp(half + 1, median, high, rng, decimals=decimals, bend=min(4, max(1, tail)))[1:]
    return [*lower, *[median] * (count - 2 * half), *upper]


def shuffled(values: Sequence[T], rng: Random) -> list[T]:
    """The values in random order."""
    copy = list(values)
    rng.shuffle(copy)
    return copy


def some_of(candidates: Sequence[T], count: int, rng: Random) -> list[T]:
    """So many of the candidates, at random.

    Raises:
        CohortError: there are fewer.
    """
    if len(candidates) < count:
        raise CohortError(f"{len(candidates)} patients fit where {count} are needed")
    return rng.sample(candidates, count)


def within(counts: Intervals, rng: Random) -> list[int]:
    """So many days in each interval of months, evenly over it, in random order."""
    found = []
    for (start, stop), count in counts.items():
        step = (stop - start) / max(count, 1)
        found += [days(start + step * (i + rng.uniform(0.1, 0.9))) for i in range(count)]
    rng.shuffle(found)
    return found
