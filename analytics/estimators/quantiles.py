"""Day at which a survival curve, or one of its confidence limits, crosses a level."""

import math

import numpy as np

from analytics.estimators.inputs import FloatArray, IntArray

# Two levels closer than this are equal: products of fractions seldom hit 0.5 exactly.
TOLERANCE = math.sqrt(np.finfo(np.float64).eps)


def crossing_day(time: IntArray, curve: FloatArray, share: float) -> float:
    """Day at which 1 - `curve` first reaches `share`, by the rule of R's `quantile.survfit`.

    On a plateau at `share` (within the tolerance) the middle of the plateau counts; a plateau that
    lasts until the end of the curve ends at its last day. Limits need not fall steadily: then R
    takes the day of the smallest level that reaches `share`, and so does this function. NaN where
    `share` is not reached.

    Args:
        time: days, ascending.
        curve: S(t) or a confidence limit of it at these days; NaN where there is none.
        share: strictly between 0 and 1.
    """
    day = np.concatenate(([0.0], time))
    level = np.concatenate(([0.0], 1.0 - curve))
    known = ~np.isnan(level)
    distinct, first_seen = np.unique(level[known], return_index=True)
    day_of_level = day[known][first_seen]

    start = np.searchsorted(distinct + TOLERANCE, share, side="left")
    end = np.searchsorted(distinct - TOLERANCE, share, side="left")
    if start == distinct.size:
        return math.nan
    if known[-1] and abs(share - level[-1]) < TOLERANCE:
        return float(day_of_level[start] + day[-1]) / 2
    if end == distinct.size:
        return math.nan
    return float(day_of_level[start] + day_of_level[end]) / 2
