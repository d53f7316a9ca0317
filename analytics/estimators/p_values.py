"""Tails of the chi-square and the normal distribution."""

import math


def chi_square_p(statistic: float, df: int) -> float:
    """Probability of at least `statistic` on `df` degrees of freedom; NaN where either is unknown.

    scipy is imported when it is first needed: it costs more time than a small model.
    """
    from scipy.special import chdtrc

    if df < 1 or math.isnan(statistic):
        return math.nan
    return float(chdtrc(df, max(statistic, 0.0)))


def normal_p(z: float) -> float:
    """Probability that a standard normal figure is at least as far from 0 as `z`."""
    return math.erfc(abs(z) / math.sqrt(2))
