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


def chi_square_tail(statistic: float, df: int) -> float:
    """P(chi square with `df` degrees of freedom > `statistic`); NaN for NaN or 0 degrees.

    The finite sums for whole degrees of freedom (Abramowitz and Stegun, 26.4.4 and 26.4.5), so that
    no library of distributions must be loaded.
    """
    if math.isnan(statistic) or df < 1:
        return math.nan
    half = statistic / 2
    if half <= 0:
        return 1.0
    first = 1.0 if df % 2 == 0 else 0.5
    tail = 0.0 if df % 2 == 0 else math.erfc(math.sqrt(half))
    powers = (first - 1.0 + step if df % 2 == 0 else first + step for step in range(df // 2))
    return tail + sum(
        math.exp(power * math.log(half) - half - math.lgamma(power + 1)) for power in powers
    )


def normal_two_sided(z: float) -> float:
    """P(|standard normal| > |z|)."""
    return math.erfc(abs(z) / math.sqrt(2))
