"""A share of a number of visits, with what chance alone leaves open about it."""

from __future__ import annotations

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: two-sided limits of 95 %."""


@dataclass(frozen=True)
class Proportion:
    """``count`` of ``total``; ``share`` and its limits ``low`` and ``high`` are from 0 to 1."""

    count: int
    total: int
    share: float
    low: float
    high: float


def proportion(count: int, total: int) -> Proportion | None:
    """The share with its Wilson score interval at 95 %; None of nothing.

    Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat
    Assoc 1927; 22: 209–212. Unlike the usual interval it stays within 0 and 1, and says something
    of few visits and of shares of 0 and 1, too.

    Raises:
        ValueError: ``count`` is not within 0 and ``total``.
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} is no part of {total}")
    if not total:
        return None
    share, z2 = count / total, Z_95 * Z_95
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = math.sqrt(share * (1 - share) / total + z2 / (4 * total * total)) * Z_95
    half /= 1 + z2 / total
    # At the ends the limit is the end itself, which rounding may just miss.
    low = 0.0 if count == 0 else centre - half
    high = 1.0 if count == total else centre + half
    return Proportion(count, total, share, low, high)
