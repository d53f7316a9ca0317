"""Tail of the chi-square distribution."""

import math


def chi_square_p(statistic: float, df: int) -> float:
    """Probability of at least `statistic` on `df` degrees of freedom; NaN where either is unknown.

    scipy is imported when it is first needed: it costs more time than a small model.
    """
    from scipy.special import chdtrc

    if df < 1 or math.isnan(statistic):
        return math.nan
    return float(chdtrc(df, max(statistic, 0.0)))
