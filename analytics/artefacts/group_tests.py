"""Tests of a variable between groups, for the tables of characteristics."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from analytics.estimators import chi_square, fisher_exact, rank_test
from analytics.estimators.contingency import LEAST_EXPECTED


def counts_p(table: NDArray[np.int64]) -> float | None:
    """P of independence of levels (rows) and groups (columns).

    Fisher's exact test of two levels in two groups, and where fewer than five are expected in a
    cell; else, and where the tables are too many to go through, Pearson's chi-square test. Empty
    lines are left out; None where less than two levels or groups remain.
    """
    filled = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(filled.shape) < 2:
        return None
    approximate = chi_square(filled)
    if filled.shape == (2, 2) or (approximate.expected < LEAST_EXPECTED).any():
        with suppress(ValueError):  # more tables than are gone through
            return fisher_exact(filled).p_value
    return approximate.p_value


def ranks_p(groups: Sequence[NDArray[np.float64]]) -> float | None:
    """P of equal location of a number in two or more groups, by ranks.

    The Wilcoxon rank-sum test of two groups, of more that of Kruskal and Wallis. Groups without a
    value are left out; None where less than two remain or all values are equal.
    """
    filled = [group for group in groups if group.size]
    if len(filled) < 2 or np.unique(np.concatenate(filled)).size < 2:
        return None
    labels = np.repeat(np.arange(len(filled)), [group.size for group in filled])
    return rank_test(np.concatenate(filled), labels).p_value
