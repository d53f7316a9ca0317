"""Median, range and quartiles of a measurement, as tables of characteristics give them."""

import math
from dataclasses import dataclass

import numpy as np

from analytics.estimators.inputs import Measurements, measurements


@dataclass(frozen=True)
class MedianRange:
    """Where the values of a measurement lie; all NaN without a single value.

    Attributes:
        n: number of values.
        missing: number of missing values.
        median, minimum, maximum: in the unit of the values.
        lower_quartile, upper_quartile: by linear interpolation, type 7 of R's `quantile`.
    """

    n: int
    missing: int
    median: float
    minimum: float
    maximum: float
    lower_quartile: float
    upper_quartile: float


def median_range(values: Measurements) -> MedianRange:
    """Median, range and quartiles of numbers; missing ones (None, NaN) are counted and left out.

    Raises:
        ValueError: values are not one-dimensional, not numbers, or infinite.
    """
    numbers = measurements("values", values)
    known = numbers[~np.isnan(numbers)]
    missing = numbers.size - known.size
    if known.size == 0:
        return MedianRange(0, missing, *[math.nan] * 5)
    minimum, lower, median, upper, maximum = np.quantile(known, [0, 0.25, 0.5, 0.75, 1]).tolist()
    return MedianRange(known.size, missing, median, minimum, maximum, lower, upper)
