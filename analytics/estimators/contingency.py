"""Tests of tables of counts: Fisher's exact test and the chi-square test.

The answers are those of R's `fisher.test` and `chisq.test`.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.inputs import FloatArray, IntArray, count_table
from analytics.estimators.score_test import chi_square_tail

# Tables with the given margins that are looked at, at most: some 0.1 s and 50 MB.
MOST_TABLES = 1_000_000

# A table counts as no likelier than the one seen if it is likelier by less than this: rounding.
TIE = 1e-7

LEAST_EXPECTED = 5.0


@dataclass(frozen=True)
class FisherExact:
    """Result of Fisher's exact test.

    Attributes:
        p_value: two-sided; NaN where nothing can be compared.
        n: sum of the table.
        tables: number of tables with the same margins.
        warnings: what the reader must be told, in English sentences.
    """

    p_value: float
    n: int
    tables: int
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
    """Fisher's exact test of an r x c table, by going through all tables with the same margins.

    The p value is the probability of all tables that are not likelier than the one seen (Freeman
    and Halton, 1951). Empty rows and columns are left out.

    Args:
        table: (r, c) whole numbers, none negative.

    Raises:
        ValueError: table is no such table, or has more than 1,000,000 tables of the same margins
            (five groups by four levels with some 60 patients, say): take `chi_square`.
    """
    counts, warnings = _without_empty(count_table("table", table))
    n = int(counts.sum())
    if min(counts.shape) < 2:
        return FisherExact(math.nan, n, 0 if n == 0 else 1, warnings)
    log_factorial = np.array([math.lgamma(number + 1) for number in range(n + 1)])
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    # Logarithm of each table's probability but for what all of them share.
    found = _all_tables(rows, columns, log_factorial)
    shared = log_factorial[rows].sum() + log_factorial[columns].sum() - log_factorial[n]
    seen = -log_factorial[counts].sum()
    p_value = float(np.exp(found[found <= seen + math.log1p(TIE)] + shared).sum())
    return FisherExact(min(p_value, 1.0), n, found.size, warnings)


def _all_tables(rows: IntArray, columns: IntArray, log_factorial: FloatArray) -> FloatArray:
    """Minus the sum of log cell! of every table with these margins."""
    # The longest column last: it is what remains.
    columns = np.sort(columns)
    remaining, log_weight = rows[None, :], np.zeros(1)
    for column in columns[:-1]:
        left = np.full(len(remaining), column)
        for row in range(rows.size - 1):
            # A cell takes at least what the rows below cannot.
            low = np.maximum(left - remaining[:, row + 1 :].sum(axis=1), 0)
            choices = np.minimum(remaining[:, row], left) - low + 1
            total = int(choices.sum())
            if total > MOST_TABLES:
                raise ValueError(
                    f"table has more than {MOST_TABLES:,} tables of the same margins: "
                    "too many for the exact test"
                )
            origin = np.repeat(np.arange(choices.size), choices)
            first = np.cumsum(choices) - choices
            cell = low[origin] + np.arange(total) - first[origin]
            remaining, left = remaining[origin], left[origin] - cell
            remaining[:, row] -= cell
            log_weight = log_weight[origin] - log_factorial[cell]
        remaining = remaining.copy()
        remaining[:, -1] -= left
        log_weight = log_weight - log_factorial[left]
    everything: FloatArray = log_weight - log_factorial[remaining].sum(axis=1)
    return everything


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
    return ChiSquare(statistic, df, chi_square_tail(statistic, df), expected, warnings)


def _without_empty(counts: IntArray) -> tuple[IntArray, tuple[str, ...]]:
    rows, columns = counts.any(axis=1), counts.any(axis=0)
    warnings = []
    for axis, kept in (("row", rows), ("column", columns)):
        warnings += [f"{axis} {place + 1} is empty and left out" for place in np.flatnonzero(~kept)]
    left = counts[np.ix_(rows, columns)]
    if min(left.shape) < 2:
        warnings.append("fewer than two rows or columns have counts: nothing can be compared")
    return left, tuple(warnings)
