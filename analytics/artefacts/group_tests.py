"""Tests of a variable between groups, for the tables of characteristics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats


def counts_p(table: NDArray[np.int64]) -> float | None:
    """P of independence of levels (rows) and groups (columns).

    Fisher's exact test of two levels in two groups, else Pearson's chi-square test without
    correction for continuity. Empty lines are left out; None where less than two levels or groups
    remain.
    """
    filled = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(filled.shape) < 2:
        return None
    if filled.shape == (2, 2):
        return float(stats.fisher_exact(filled).pvalue)
    return float(stats.chi2_contingency(filled, correction=False).pvalue)


def ranks_p(groups: Sequence[NDArray[np.float64]]) -> float | None:
    """P of equal location of a number in two or more groups, by ranks (Kruskal and Wallis).

    Of two groups this is the Wilcoxon rank-sum test in its normal approximation, corrected for ties
    and not for continuity. Groups without a value are left out; None where less than two remain or
    all values are equal.
    """
    filled = [group for group in groups if group.size]
    if len(filled) < 2 or np.unique(np.concatenate(filled)).size < 2:
        return None
    return float(stats.kruskal(*filled).pvalue)
