"""Median with range or quartiles of numbers, as a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.artefacts.parts import Cell
from analytics.artefacts.words import DASH, median_and_range
from analytics.figures import DAYS_PER_MONTH

RANGE, QUARTILES = (0.0, 1.0), (0.25, 0.75)


def spread_cell(values: ArrayLike, digits: int = 1, between: tuple[float, float] = RANGE) -> Cell:
    """ "52 (40–69)" of numbers without missing ones; a dash of none.

    Quantiles lie on the line between neighbouring values (type 7 of Hyndman and Fan 1996).
    """
    known = np.asarray(values, dtype=np.float64)
    if not known.size:
        return DASH
    low, high = (float(np.quantile(known, share)) for share in between)
    return median_and_range(float(np.median(known)), low, high, digits)


def months_cell(days: ArrayLike) -> Cell:
    """The same of days, shown in months."""
    return spread_cell(np.asarray(days, dtype=np.float64) / DAYS_PER_MONTH)
