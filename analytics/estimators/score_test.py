"""Chi-square statistics of score vectors, and their p values."""

import math

import numpy as np

from analytics.estimators.inputs import FloatArray

# A direction with less than this share of the variance (of groups scaled to 1) has none.
RANK_TOLERANCE = 1e-10


def quadratic_form(score: FloatArray, variance: FloatArray) -> tuple[float, int]:
    """score' variance^- score, and the rank of the variance as degrees of freedom.

    The variance of k groups has rank k - 1 at most, as the scores add up to 0; less where groups
    were never at risk together. Rank 0 gives NaN: there is nothing to compare.

    Args:
        score: (k,) observed minus expected.
        variance: (k, k), symmetric.
    """
    scale = np.sqrt(np.diag(variance))
    used = scale > 0
    if not used.any():
        return math.nan, 0
    scaled = variance[np.ix_(used, used)] / np.outer(scale[used], scale[used])
    values, vectors = np.linalg.eigh(scaled)
    present = values > RANK_TOLERANCE
    along = vectors[:, present].T @ (score[used] / scale[used])
    return float((along**2 / values[present]).sum()), int(present.sum())
