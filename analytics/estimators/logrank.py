"""Log-rank test of k groups, stratified or not, and its test for trend.

On a day with n at risk, n_g of them in group g, and d events (Mantel, 1966; Peto and Peto, 1972):

    expected     E_g = sum of d n_g / n
    variance     V_gh = sum of d (n - d) / (n - 1) * (n_g / n) (1{g = h} - n_h / n)
    statistic    (O - E)' V^- (O - E), chi square with k - 1 degrees of freedom
    trend        (s' (O - E))^2 / (s' V s) for scores s, 1 degree (Tarone, 1975)

O, E and V are added up over the strata. Those censored on a day are at risk for its events. The
answers are those of `survdiff` of the R package `survival`.
"""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.estimators.counting import count_cells, day_codes
from analytics.estimators.groups import Groups, groups
from analytics.estimators.inputs import (
    BoolArray,
    FloatArray,
    IntArray,
    case_counts,
    event_flags,
    whole_days,
)
from analytics.estimators.score_test import chi_square_tail, quadratic_form


@dataclass(frozen=True, eq=False)
class LogRank:
    """Result of a log-rank test.

    Attributes:
        statistic: chi square; NaN where there is nothing to compare (see `warnings`).
        df: degrees of freedom: the groups that could be compared less 1, and 1 for a trend.
        p_value: NaN where the statistic is.
        groups: labels of the groups that have rows, in order.
        n: (k,) rows per group, int64.
        observed: (k,) events per group, int64.
        expected: (k,) events expected were all groups alike.
        variance: (k, k) of observed minus expected.
        warnings: what the reader must be told, in English sentences.
    """

    statistic: float
    df: int
    p_value: float
    groups: tuple[Hashable, ...]
    n: IntArray
    observed: IntArray
    expected: FloatArray
    variance: FloatArray
    warnings: tuple[str, ...]


def logrank(
    days: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    scores: Mapping[Any, float] | Sequence[float] | None = None,
) -> LogRank:
    """Log-rank test, or with `scores` the test for trend over ordered groups.

    As in R's `survdiff`, a level of `group` without rows is left out, a group without events
    counts, and a group that was never at risk on a day of an event (nothing expected) takes no
    degree of freedom. Each of them is named in `warnings`. Where nothing can be compared (no event,
    one group, never two groups at risk together) the statistic is NaN; R answers 0, or an error.

    Args:
        days: whole days from the origin to the event or the censoring, >= 0.
        event: True or 1 for an event, False or 0 for a censoring; same length.
        group: any labels, or a pandas Categorical with its order of levels; same length.
        strata: labels of strata; groups are compared within each. Same length.
        weights: how many observations each row stands for, whole numbers, so that counts by day,
            event, group and stratum may be given in place of rows. Same length.
        scores: a number per group, by label or in the order of the levels.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    exits = whole_days("days", days)
    flags = event_flags("event", event, exits.size)
    counts = None if weights is None else case_counts("weights", weights, exits.size)
    grouping = groups("group", group, exits.size)
    number_of = None if scores is None else _scores(scores, grouping)

    n = np.zeros(grouping.size)
    observed, expected = np.zeros(grouping.size), np.zeros(grouping.size)
    variance = np.zeros((grouping.size, grouping.size))
    for rows in _strata(strata, exits.size):
        part = _compare(
            exits[rows],
            flags[rows],
            grouping.codes[rows],
            grouping.size,
            None if counts is None else counts[rows],
        )
        n += part[0]
        observed += part[1]
        expected += part[2]
        variance += part[3]

    has_rows = n > 0
    labels = tuple(label for label, kept in zip(grouping.labels, has_rows, strict=True) if kept)
    n, observed, expected = n[has_rows], observed[has_rows], expected[has_rows]
    variance = variance[np.ix_(has_rows, has_rows)]
    if number_of is None:
        statistic, df = quadratic_form(observed - expected, variance)
    else:
        statistic, df = _trend(number_of[has_rows], observed - expected, variance)
    empty = [label for label, kept in zip(grouping.labels, has_rows, strict=True) if not kept]
    result = LogRank(
        statistic,
        df,
        chi_square_tail(statistic, df),
        labels,
        n.astype(np.int64),
        observed.astype(np.int64),
        expected,
        variance,
        warnings=(
            *(f"group {label!r} has no rows and is left out" for label in empty),
            *_warnings(labels, observed, expected, statistic),
        ),
    )
    for array in (result.n, result.observed, result.expected, result.variance):
        array.flags.writeable = False
    return result


def _strata(strata: ArrayLike | None, length: int) -> list[Any]:
    """Which rows each stratum has: slices or positions."""
    if strata is None:
        return [slice(None)]
    return [rows for rows in groups("strata", strata, length).rows() if rows.size]


def _compare(
    days: NDArray[Any],
    event: BoolArray,
    group: NDArray[Any],
    size: int,
    weights: FloatArray | None,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Rows, observed and expected events per group and the variance, within one stratum."""
    code, day_of_code = day_codes(days)
    counts = count_cells((code, event, group), (day_of_code.size, 2, size), weights)
    leaving = counts.sum(axis=1)
    at_risk = np.cumsum(leaving[::-1], axis=0)[::-1]
    n = at_risk[0].astype(np.float64)
    events = counts[:, 1]
    chosen = events.any(axis=1)
    d = events[chosen].sum(axis=1).astype(np.float64)
    share: FloatArray = at_risk[chosen].astype(np.float64)
    total = share.sum(axis=1)
    share /= total[:, None]
    # Where one is left at risk, d = n and the numerator is 0.
    spread = d * (total - d) / np.maximum(total - 1, 1)
    variance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return n, events.sum(axis=0).astype(np.float64), d @ share, variance


def _scores(scores: Mapping[Any, float] | Sequence[float], grouping: Groups) -> FloatArray:
    if isinstance(scores, Mapping):
        missing = [label for label in grouping.labels if label not in scores]
        if missing:
            raise ValueError(f"scores has none for group {missing[0]!r}")
        values = np.array([scores[label] for label in grouping.labels], dtype=np.float64)
    else:
        values = np.asarray(scores, dtype=np.float64)
    if values.shape != (grouping.size,):
        raise ValueError(f"scores has {values.size} values but there are {grouping.size} groups")
    if not np.isfinite(values).all():
        raise ValueError("scores must be finite numbers")
    if grouping.size > 1 and np.ptp(values) == 0:
        raise ValueError("scores must not all be equal")
    return values


def _trend(scores: FloatArray, score: FloatArray, variance: FloatArray) -> tuple[float, int]:
    # The test does not depend on the origin and unit of the scores; centred they lose no digits.
    centred = scores - scores.mean()
    spread = float(centred @ variance @ centred)
    if spread <= 0:
        return math.nan, 0
    return float(centred @ score) ** 2 / spread, 1


def _warnings(
    labels: tuple[Hashable, ...], observed: FloatArray, expected: FloatArray, statistic: float
) -> list[str]:
    if len(labels) < 2:
        return ["there is one group only: nothing can be compared"]
    if not observed.any():
        return ["there are no events: nothing can be compared"]
    found = []
    for label, seen, awaited in zip(labels, observed, expected, strict=True):
        if awaited == 0:
            found.append(f"group {label!r} was not at risk on any day of an event and counts for 0")
        elif seen == 0:
            found.append(f"group {label!r} has no events")
    if math.isnan(statistic):
        found.append("no two groups were at risk on the same day of an event")
    return found
