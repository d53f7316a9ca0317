"""Tests of tables of counts: Fisher's exact test and the chi-square test.

The answers are those of R's `fisher.test` and `chisq.test`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.fisher import fisher_p_value
from analytics.estimators.inputs import FloatArray, IntArray, count_table
from analytics.estimators.p_values import chi_square_p

LEAST_EXPECTED = 5.0


@dataclass(frozen=True)
class FisherExact:
    """Result of Fisher's exact test.

    Attributes:
        p_value: two-sided; NaN where nothing can be compared.
        n: sum of the table.
        warnings: what the reader must be told, in English sentences.
    """

    p_value: float
    n: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ChiSquare:
    """Result of a chi-square test of independence.

    Attributes:
        statistic, df, p_value: NaN, 0 and NaN where nothing can be compared.
        expected: expected numbers, of the shape of the table without its empty rows and columns.
        warnings: what the reader must be told, in English sentences.
    """

    statistic: float
    df: int
    p_value: float
    expected: FloatArray
    warnings: tuple[str, ...]


def fisher_exact(table: ArrayLike) -> FisherExact:
    """Fisher's exact test of an r x c table: nothing is drawn at random.

    The p value is the probability of all tables of the same margins that are not likelier than the
    one seen (Freeman and Halton, 1951). Empty rows and columns are left out.

    Args:
        table: (r, c) whole numbers, none negative.

    Raises:
        ValueError: table is no such table, or is too large: more than 2,000,000 partly filled
            tables would have to be looked at. Most 2 x 6 and 3 x 3 tables of 300 rows, 3 x 4 of
            100 and 4 x 4 of 60 are within. Join levels, or take `chi_square`.
    """
    counts, warnings = _without_empty(count_table("table", table))
    n = int(counts.sum())
    if min(counts.shape) < 2:
        return FisherExact(math.nan, n, warnings)
    return FisherExact(fisher_p_value(counts), n, warnings)


def chi_square(table: ArrayLike, *, correct: bool = True) -> ChiSquare:
    """Chi-square test of independence; empty rows and columns are left out.

    Args:
        table: (r, c) whole numbers, none negative.
        correct: Yates's correction, in a 2 x 2 table only.

    Raises:
        ValueError: table is no such table.
    """
    counts, warnings = _without_empty(count_table("table", table))
    if min(counts.shape) < 2:
        return ChiSquare(math.nan, 0, math.nan, counts.astype(np.float64), warnings)
    expected: FloatArray = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    distance = np.abs(counts - expected)
    if correct and counts.shape == (2, 2):
        distance = distance - min(0.5, float(distance.min()))
    statistic = float((distance**2 / expected).sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    if (expected < LEAST_EXPECTED).any():
        warnings += (f"a number below {LEAST_EXPECTED:g} is expected: the test is approximate",)
    expected.flags.writeable = False
    return ChiSquare(statistic, df, chi_square_p(statistic, df), expected, warnings)


def _without_empty(counts: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    rows, columns = counts.any(axis=1), counts.any(axis=0)
    warnings = []
    for axis, kept in (("row", rows), ("column", columns)):
        warnings += [f"{axis} {place + 1} is empty and left out" for place in np.flatnonzero(~kept)]
    left = counts[np.ix_(rows, columns)]
    if min(left.shape) < 2:
        warnings.append("fewer than two rows or columns have counts: nothing can be compared")
    return left, tuple(warnings)
