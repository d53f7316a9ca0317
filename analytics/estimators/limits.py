"""Confidence limits of a probability on the scales that R's `survfit` offers.

With p the estimate, se its standard error and z the normal quantile of the level:

    log-log   p ** exp(+- z se / (p log p))
    log       p * exp(+- z se / p), not above 1
    plain     p +- z se, within 0 and 1
"""

from statistics import NormalDist

import numpy as np

from analytics.estimators.inputs import FloatArray, between_0_and_1


def normal_quantile(level: float) -> float:
    """Two-sided normal quantile, 1.96 for a level of 0.95.

    Raises:
        ValueError: level not strictly between 0 and 1.
    """
    return NormalDist().inv_cdf(1 - (1 - between_0_and_1("level", level)) / 2)


def probability_limits(
    estimate: FloatArray, relative_std_err: FloatArray, z: float, conf_type: str
) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limit of probabilities.

    Without any error (`relative_std_err` 0) both limits are the estimate. Where the estimate is 0
    there are none (NaN), except on the plain scale where the error is known.

    Args:
        estimate: probabilities, 0 to 1.
        relative_std_err: standard error divided by the estimate, that is of its logarithm.
        z: normal quantile.
        conf_type: "log-log", "log" or "plain".
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        width = z * relative_std_err
        if conf_type == "plain":
            # Where the estimate is 0 the width may be inf * 0 = NaN, and clipping keeps NaN.
            half = width * estimate
            return np.maximum(estimate - half, 0.0), np.minimum(estimate + half, 1.0)
        if conf_type == "log":
            lower = estimate * np.exp(-width)
            upper = np.minimum(estimate * np.exp(width), 1.0)
        else:
            log_estimate = np.log(estimate)
            lower = np.exp(log_estimate * np.exp(-width / log_estimate))
            upper = np.exp(log_estimate * np.exp(width / log_estimate))
    known = estimate > 0
    certain = known & (relative_std_err == 0)
    lower = np.where(certain, estimate, np.where(known, lower, np.nan))
    upper = np.where(certain, estimate, np.where(known, upper, np.nan))
    return lower, upper
