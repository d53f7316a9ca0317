"""Months put together so that none of the periods shown tells of a handful of patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """Months in a row: the places of the first and the last, and what is counted in them."""

    first: int
    last: int
    count: int

    @property
    def months(self) -> int:
        """How many months it has."""
        return self.last - self.first + 1


def periods(counts: Sequence[int], least: int) -> list[Period]:
    """Periods that each count nothing or ``least`` and more, as short as can be from the left.

    Sums up to the ends of periods then tell of no fewer either. Months without anybody between two
    periods are one, and so are those after the last; what is left before them goes to the last
    period that counts somebody.

    Args:
        counts: of one month after another.

    Raises:
        ValueError: all together count somebody, but fewer than ``least``.
    """
    if 0 < sum(counts) < least:
        raise ValueError(f"{sum(counts)} in all cannot be shown")
    found: list[Period] = []
    used = len(counts)
    while used and not counts[used - 1]:
        used -= 1
    for place, count in enumerate(counts[:used]):
        last = found[-1] if found else None
        is_begun = last is not None and 0 < last.count < least
        if last is not None and (is_begun or (last.count == 0 and count == 0)):
            found[-1] = Period(last.first, place, last.count + count)
        else:
            found.append(Period(place, place, count))
    while found and 0 < found[-1].count < least:
        last, before = found.pop(), found.pop()
        found.append(Period(before.first, last.last, before.count + last.count))
    if used < len(counts):
        found.append(Period(used, len(counts) - 1, 0))
    return found
