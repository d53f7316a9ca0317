"""The exact p value of a table of counts, column by column.

With the margins held, the probability of a table is (product of margins!) / (n! product of cells!).
Tables are filled by columns. Partly filled ones that leave the same numbers to the rows, in any
order, and are equally likely so far have the same future: one is kept for all of them. Where every
way to go on ends at most as likely as the table seen, all are added at once (the products of
1 / cell! over all tables of given margins sum to n! / product of margins!); where every way ends
likelier, none is. This is the idea of Mehta and Patel (J Am Stat Assoc 1983;78:427-434), with
simpler bounds: log x! is convex, so cells are likeliest all alike and least likely all in one.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.estimators.inputs import BoolArray, FloatArray, IntArray

# Partly filled tables that are looked at in all: about a second. Beyond, numbers are mostly large
# enough for the chi-square test.
MOST_WORK = 2_000_000

# Partly filled tables that are made at a time.
BLOCK = 200_000

# A table counts as no likelier than the one seen if it is likelier by less than this: rounding.
TIE = 1e-7


@dataclass(frozen=True, eq=False)
class _Partial:
    """Partly filled tables, one per place.

    Attributes:
        left: (m, r) what is left to the rows.
        log_weight: (m,) minus the sum of log cell! so far.
        alike: (m,) how many tables this one stands for.
    """

    left: IntArray
    log_weight: FloatArray
    alike: FloatArray

    def __getitem__(self, chosen: slice | BoolArray) -> "_Partial":
        return _Partial(self.left[chosen], self.log_weight[chosen], self.alike[chosen])


def fisher_p_value(counts: IntArray) -> float:
    """P(a table of these margins is not likelier than `counts`), without empty rows and columns.

    Raises:
        ValueError: more than 2,000,000 partly filled tables would have to be looked at.
    """
    if counts.shape[0] > counts.shape[1]:
        counts = counts.T
    n = int(counts.sum())
    log_factorial = np.array([math.lgamma(number + 1) for number in range(n + 1)])
    rows, columns = counts.sum(axis=1), np.sort(counts.sum(axis=0))[::-1]
    shared = float(log_factorial[rows].sum() + log_factorial[columns].sum() - log_factorial[n])
    limit = -float(log_factorial[counts].sum()) + math.log1p(TIE)

    partial = _Partial(rows[None, :], np.zeros(1), np.ones(1))
    p_value, work = 0.0, 0
    for filled, column in enumerate(columns[:-1].tolist(), start=1):
        open_still = []
        for block in _blocks(partial, column):
            grown = _with_column(block, column, log_factorial)
            work += grown.alike.size
            _refuse_above_most(work)
            grown = _merged(grown)
            likeliest, least_likely, together = _futures(grown, columns[filled:], log_factorial)
            settled = grown.log_weight + likeliest <= limit
            probability = grown.alike * np.exp(grown.log_weight + together + shared)
            p_value += float(probability[settled].sum())
            open_still.append(grown[~settled & (grown.log_weight + least_likely <= limit)])
        if not open_still:
            break
        partial = _merged(_joined(open_still))
    return min(p_value, 1.0)


def _blocks(partial: _Partial, column: int) -> Iterator[_Partial]:
    """Partly filled tables, so many at a time that one more column does not make too many."""
    ways = math.comb(column + partial.left.shape[1] - 1, column)
    size = max(1, BLOCK // ways)
    for start in range(0, partial.alike.size, size):
        yield partial[start : start + size]


def _with_column(partial: _Partial, column: int, log_factorial: FloatArray) -> _Partial:
    """Every way to fill one more column of this sum."""
    left, log_weight, alike = partial.left, partial.log_weight, partial.alike
    to_place = np.full(len(left), column)
    for row in range(left.shape[1] - 1):
        # A cell takes at least what the rows after it cannot.
        low = np.maximum(to_place - left[:, row + 1 :].sum(axis=1), 0)
        choices = np.minimum(left[:, row], to_place) - low + 1
        _refuse_above_most(int(choices.sum()))
        way = np.repeat(np.arange(choices.size), choices)
        cell = low[way] + np.arange(way.size) - (np.cumsum(choices) - choices)[way]
        left, to_place = left[way], to_place[way] - cell
        left[:, row] -= cell
        log_weight, alike = log_weight[way] - log_factorial[cell], alike[way]
    left = left.copy()
    left[:, -1] -= to_place
    return _Partial(left, log_weight - log_factorial[to_place], alike)


def _merged(partial: _Partial) -> _Partial:
    """One for all that leave the same and are equally likely so far."""
    if partial.alike.size == 0:
        return partial
    left = np.sort(partial.left, axis=1)
    rounded = np.round(partial.log_weight, 9)
    order = np.lexsort((rounded, *left.T))
    left, rounded = left[order], rounded[order]
    new = np.ones(order.size, dtype=bool)
    new[1:] = (left[1:] != left[:-1]).any(axis=1) | (rounded[1:] != rounded[:-1])
    first = np.flatnonzero(new)
    alike = np.add.reduceat(partial.alike[order], first)
    return _Partial(left[first], partial.log_weight[order[first]], alike)


def _joined(parts: list[_Partial]) -> _Partial:
    return _Partial(
        np.concatenate([part.left for part in parts]),
        np.concatenate([part.log_weight for part in parts]),
        np.concatenate([part.alike for part in parts]),
    )


def _futures(
    partial: _Partial, columns: IntArray, log_factorial: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log of the product of 1 / cell! over the columns still empty: at most, at least, and the log
    of its sum over all ways to fill them.
    """
    of_rows: FloatArray = log_factorial[partial.left].sum(axis=1)
    of_columns = float(log_factorial[columns].sum())
    together = log_factorial[int(columns.sum())] - of_rows - of_columns
    if columns.size == 1:
        return -of_rows, -of_rows, together
    number = partial.left.shape[1]
    alike_in_rows = columns.size * _log_gamma(partial.left / columns.size).sum(axis=1)
    alike_in_columns = number * float(_log_gamma(columns / number).sum())
    likeliest = -np.maximum(alike_in_rows, alike_in_columns)
    return likeliest, -np.minimum(of_rows, of_columns), together


def _log_gamma(values: FloatArray) -> FloatArray:
    """log x! for any x >= 0."""
    distinct, place = np.unique(values, return_inverse=True)
    found = np.array([math.lgamma(value + 1) for value in distinct.tolist()])
    return found[place].reshape(values.shape)


def _refuse_above_most(number: int) -> None:
    if number > MOST_WORK:
        raise ValueError(
            f"table is too large for the exact test: more than {MOST_WORK:,} partly filled tables "
            "would have to be looked at"
        )
