"""A share with its confidence limits.

Wilson (1927) inverts the score test and is recommended for small numbers (Brown, Cai and DasGupta,
2001); Clopper and Pearson (1934) invert the exact binomial test and cover at least the level. The
answers are those of R's `prop.test(..., correct = FALSE)` and `binom.test`.
"""

import math
import operator
from dataclasses import dataclass
from statistics import NormalDist
from typing import SupportsIndex

from analytics.estimators.inputs import between_0_and_1

METHODS = ("wilson", "clopper-pearson")


@dataclass(frozen=True)
class Proportion:
    """k of n.

    Attributes:
        estimate: k / n.
        lower, upper: confidence limits, 0 to 1. With `sides` 1 each is a bound of its own at the
            level: read only the one that was meant.
        k, n, method, level, sides: as given.
    """

    estimate: float
    lower: float
    upper: float
    k: int
    n: int
    method: str
    level: float
    sides: int


def proportion(
    k: SupportsIndex,
    n: SupportsIndex,
    method: str = "wilson",
    level: float = 0.95,
    *,
    sides: int = 2,
) -> Proportion:
    """Share of `k` in `n` with its limits.

    Args:
        k: number that have it, 0 to n.
        n: number of all, at least 1.
        method: "wilson" or "clopper-pearson" (exact).
        level: level of confidence, strictly between 0 and 1.
        sides: 2 for an interval, 1 for one-sided bounds (an upper bound of a toxicity rate, say).

    Raises:
        ValueError: the message names the argument.
    """
    whole_k, whole_n = _whole("k", k), _whole("n", n)
    if whole_n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    if not 0 <= whole_k <= whole_n:
        raise ValueError(f"k must be 0 to n, got {k} of {n}")
    if method not in METHODS:
        raise ValueError(f"method must be one of 'wilson', 'clopper-pearson', got {method!r}")
    if sides not in (1, 2):
        raise ValueError(f"sides must be 1 or 2, got {sides!r}")
    tail = (1 - between_0_and_1("level", level)) / sides
    limits = _wilson if method == "wilson" else _clopper_pearson
    lower, upper = limits(whole_k, whole_n, tail)
    return Proportion(whole_k / whole_n, lower, upper, whole_k, whole_n, method, level, sides)


def _whole(name: str, value: SupportsIndex) -> int:
    try:
        return operator.index(value)
    except TypeError as error:
        raise ValueError(f"{name} must be a whole number, got {value!r}") from error


def _wilson(k: int, n: int, tail: float) -> tuple[float, float]:
    z = NormalDist().inv_cdf(1 - tail)
    share = k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    lower = 0.0 if k == 0 else middle - half
    upper = 1.0 if k == n else middle + half
    return lower, upper


def _clopper_pearson(k: int, n: int, tail: float) -> tuple[float, float]:
    # Loaded here: it takes longer than everything else in this package together.
    from scipy.special import betaincinv

    lower = 0.0 if k == 0 else float(betaincinv(k, n - k + 1, tail))
    upper = 1.0 if k == n else float(betaincinv(k + 1, n - k, 1 - tail))
    return lower, upper
