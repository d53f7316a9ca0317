"""Random-effects pooling of shares from several series.

Each series gives x events among n. On the logit scale, with w the weights 1 / v:

    y = log(x / (n - x)),  v = 1 / x + 1 / (n - x)
    Q = sum w (y - mean)²,  mean = sum w y / sum w
    τ² = max(0, (Q - (k - 1)) / (sum w - sum w² / sum w))
    pooled logit = sum w* y / sum w*,  w* = 1 / (v + τ²),  its variance 1 / sum w*

DerSimonian R, Laird N, Control Clin Trials 1986;7:177-188. A series without an event, or with
nothing but events, gets 0.5 events and 0.5 non-events more (the usual continuity correction, in
those series only). I² = max(0, (Q - (k - 1)) / Q): Higgins JPT, Thompson SG, Stat Med
2002;21:1539-1558.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.inputs import FloatArray, between_0_and_1

CONTINUITY = 0.5


@dataclass(frozen=True)
class PooledShare:
    """A pooled share.

    Attributes:
        share, lower, upper: 0 to 1, with limits at ``level``.
        tau_squared: variance between series on the logit scale.
        i_squared: part of the variation that is not chance, 0 to 1; 0 of a single series.
        series: how many were pooled.
        level: level of confidence, for example 0.95.
    """

    share: float
    lower: float
    upper: float
    tau_squared: float
    i_squared: float
    series: int
    level: float


def pooled_share(events: ArrayLike, totals: ArrayLike, *, level: float = 0.95) -> PooledShare:
    """The share over all series, DerSimonian and Laird's random effects on logits.

    Args:
        events: number with the event in each series, 0 to its total.
        totals: number of each series, at least 1; same length, at least one series.
        level: level of confidence, strictly between 0 and 1.

    Raises:
        ValueError: the message names the argument and, where there is one, the position.
    """
    z = NormalDist().inv_cdf(1 - (1 - between_0_and_1("level", level)) / 2)
    x, n = _counts(events, totals)
    correction = np.where((x == 0) | (x == n), CONTINUITY, 0.0)
    x, others = x + correction, n - x + correction
    y, variance = np.log(x / others), 1 / x + 1 / others

    weight = 1 / variance
    fixed = float((weight * y).sum() / weight.sum())
    q = float((weight * (y - fixed) ** 2).sum())
    excess = max(0.0, q - (y.size - 1))
    spread = float(weight.sum() - (weight**2).sum() / weight.sum())
    tau_squared = excess / spread if y.size > 1 else 0.0

    weight = 1 / (variance + tau_squared)
    logit = float((weight * y).sum() / weight.sum())
    width = z / float(np.sqrt(weight.sum()))
    share, lower, upper = (
        float(1 / (1 + np.exp(-at))) for at in (logit, logit - width, logit + width)
    )
    return PooledShare(
        share, lower, upper, tau_squared, excess / q if excess else 0.0, y.size, level
    )


def _counts(events: ArrayLike, totals: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, n = np.asarray(events, dtype=np.float64), np.asarray(totals, dtype=np.float64)
    if x.ndim != 1 or x.shape != n.shape:
        raise ValueError(f"events and totals must be of one length, got {x.shape} and {n.shape}")
    if not x.size:
        raise ValueError("totals is empty: at least one series is needed")
    for name, wrong, values in (
        ("totals", ~(np.isfinite(n) & (n >= 1)), n),
        ("events", ~((x >= 0) & (x <= n)), x),
    ):
        if wrong.any():
            place = int(np.argmax(wrong))
            raise ValueError(f"{name} is not possible: {values[place]:g} at position {place}")
    return x, n
