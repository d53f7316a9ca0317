"""Rank tests of a measurement between groups: Wilcoxon for two, Kruskal and Wallis for more.

Ties get the mean of their ranks. With N values, t of them in each tie, n_i values and the sum of
ranks R_i in group i:

    Wilcoxon   W = R_1 - n_1 (n_1 + 1) / 2, normal with mean n_1 n_2 / 2 and variance
               n_1 n_2 / 12 (N + 1 - sum (t^3 - t) / (N (N - 1))), corrected for continuity by 1/2
    Kruskal    H = (12 / (N (N + 1)) sum R_i^2 / n_i - 3 (N + 1)) / (1 - sum (t^3 - t) / (N^3 - N)),
               chi square with k - 1 degrees of freedom

The answers are those of R's `wilcox.test(exact = FALSE, correct = TRUE)` and `kruskal.test`.
"""

import math
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.groups import groups
from analytics.estimators.inputs import FloatArray, IntArray, Measurements, measurements
from analytics.estimators.score_test import chi_square_tail, normal_two_sided


@dataclass(frozen=True, eq=False)
class RankTest:
    """Result of a rank test.

    Attributes:
        method: "wilcoxon" for two groups, else "kruskal-wallis".
        statistic: W of the first group, or H; NaN where nothing can be compared.
        df: degrees of freedom of H; None for W.
        p_value: two-sided; NaN where nothing can be compared.
        groups: labels of the groups that have values, in order.
        n: values per group, int64.
        missing: number of rows left out because their value is missing.
        warnings: what the reader must be told, in English sentences.
    """

    method: str
    statistic: float
    df: int | None
    p_value: float
    groups: tuple[Hashable, ...]
    n: IntArray
    missing: int
    warnings: tuple[str, ...]


def rank_test(values: Measurements, group: ArrayLike) -> RankTest:
    """Do the values differ between the groups? Wilcoxon's test for two, else Kruskal and Wallis's.

    Args:
        values: numbers; rows with a missing one (None, NaN) are left out and counted.
        group: any labels, or a pandas Categorical; same length. A level without values is left out.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    numbers = measurements("values", values)
    if numbers.size == 0:
        raise ValueError("values is empty: at least one value is needed")
    grouping = groups("group", group, numbers.size, of="values")
    known = ~np.isnan(numbers)
    codes, given = grouping.codes[known], numbers[known]
    n = np.bincount(codes, minlength=grouping.size)
    labels = tuple(label for label, count in zip(grouping.labels, n, strict=True) if count)
    warnings = [
        f"group {label!r} has no values and is left out"
        for label, count in zip(grouping.labels, n, strict=True)
        if not count
    ]
    ranks, ties = _ranks(given)
    rank_sums = np.bincount(codes, weights=ranks, minlength=grouping.size)[n > 0]
    n = n[n > 0]
    statistic, df, p_value = math.nan, None, math.nan
    if len(labels) < 2:
        warnings.append("there is one group with values at most: nothing can be compared")
    elif len(labels) == 2:
        statistic, p_value = _wilcoxon(rank_sums.astype(np.float64), n, ties)
    else:
        statistic, p_value = _kruskal_wallis(rank_sums.astype(np.float64), n, ties)
        df = len(labels) - 1
    if len(labels) > 1 and math.isnan(p_value):
        warnings.append("all values are equal: nothing can be compared")
    n.flags.writeable = False
    return RankTest(
        "wilcoxon" if len(labels) == 2 else "kruskal-wallis",
        statistic,
        df,
        p_value,
        labels,
        n,
        int((~known).sum()),
        tuple(warnings),
    )


def _ranks(values: FloatArray) -> tuple[FloatArray, float]:
    """Rank of each value from 1 on, ties sharing their mean, and the sum of t^3 - t over ties."""
    _, place, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    t = size.astype(np.float64)
    ranks: FloatArray = (last - (t - 1) / 2)[place]
    return ranks, float((t**3 - t).sum())


def _wilcoxon(rank_sums: FloatArray, n: IntArray, ties: float) -> tuple[float, float]:
    first, second = (float(count) for count in n)
    total = first + second
    statistic = float(rank_sums[0]) - first * (first + 1) / 2
    variance = first * second / 12 * (total + 1 - ties / (total * (total - 1)))
    if ties == total**3 - total:
        return statistic, math.nan
    distance = statistic - first * second / 2
    corrected = distance - math.copysign(0.5, distance) if distance else 0.0
    return statistic, normal_two_sided(corrected / math.sqrt(variance))


def _kruskal_wallis(rank_sums: FloatArray, n: IntArray, ties: float) -> tuple[float, float]:
    total = float(n.sum())
    spread = 1 - ties / (total**3 - total)
    if spread == 0:
        return math.nan, math.nan
    between = float((rank_sums**2 / n).sum())
    statistic = (12 * between / (total * (total + 1)) - 3 * (total + 1)) / spread
    return statistic, chi_square_tail(statistic, n.size - 1)
