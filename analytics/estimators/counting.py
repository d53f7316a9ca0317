"""Counting rows into the cells of a table: the only pass over the rows that an estimator makes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.estimators.inputs import FloatArray, IntArray

# Rows taken at a time, so that the cell numbers stay in the processor's cache.
BLOCK = 65_536


def count_cells(
    columns: Sequence[NDArray[Any]], sizes: Sequence[int], weights: FloatArray | None = None
) -> NDArray[Any]:
    """Number of rows (or sum of their weights) per combination of codes; its shape is `sizes`.

    Args:
        columns: arrays of one length with codes from 0 to below the size of the column.
        sizes: number of codes of each column.
        weights: per row, or None for 1 each.

    Returns:
        int64 without weights, float64 with them.
    """
    cells = int(np.prod(sizes))
    counts = np.zeros(cells, dtype=np.int64 if weights is None else np.float64)
    # A block well above the number of cells, so that adding up the blocks costs little.
    block = max(BLOCK, 4 * cells)
    length = columns[0].size
    scratch = np.empty(min(block, length), dtype=np.int64)
    for start in range(0, length, block):
        stop = min(start + block, length)
        cell = scratch[: stop - start]
        cell[...] = columns[0][start:stop]
        for column, size in zip(columns[1:], sizes[1:], strict=True):
            cell *= size
            np.add(cell, column[start:stop], out=cell, casting="unsafe")
        part = None if weights is None else weights[start:stop]
        counts += np.bincount(cell, weights=part, minlength=cells)
    return counts.reshape(tuple(sizes))


def day_codes(days: NDArray[Any]) -> tuple[NDArray[Any], IntArray]:
    """Small whole numbers standing for the days, and the day of each number, ascending.

    Days are their own codes unless they are so far apart that a slot for every day would cost more
    memory than the rows themselves.
    """
    last = int(days.max())
    if last <= 100_000 + 4 * days.size:
        return days, np.arange(last + 1, dtype=np.int64)
    distinct, code = np.unique(days, return_inverse=True)
    return code.astype(np.int64), distinct.astype(np.int64)
