"""Checks at the door of the estimators: what comes in is whole, complete and of one length.

Every function returns a plain numpy array and raises ValueError with a message that begins with the
name of the argument. Time is whole days: fractions of days or of months would break ties between
an event and a censoring on the same day.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Measurements = ArrayLike | Sequence[float | None]

# Causes are numbered from 1; a larger number is taken for a code that means something else.
MOST_CAUSES = 20

CONFIDENCE_TYPES = ("log-log", "log", "plain")


def whole_days(name: str, values: ArrayLike, *, negative_allowed: bool = False) -> NDArray[Any]:
    """One-dimensional, non-empty array of whole days, in the integer type given (else int64).

    Raises:
        ValueError: not one-dimensional, empty, not numeric, missing, infinite, fractional, or
            negative unless that is allowed.
    """
    array = _vector(name, values)
    if array.size == 0:
        raise ValueError(f"{name} is empty: at least one observation is needed")
    if array.dtype.kind not in "iu":
        numbers = _finite(name, array)
        fractional = numbers != np.floor(numbers)
        if fractional.any():
            place = int(np.argmax(fractional))
            raise ValueError(
                f"{name} must be whole days, got {numbers[place]:g} at position {place}"
            )
        array = numbers.astype(np.int64)
    if not negative_allowed and array.min() < 0:
        place = int(np.argmax(array < 0))
        raise ValueError(f"{name} must not be negative, got {array[place]} at position {place}")
    return array


def event_flags(name: str, values: ArrayLike, length: int) -> BoolArray:
    """Array of `length` booleans from booleans or from the numbers 0 (censored) and 1 (event).

    Raises:
        ValueError: another length, a missing value, or any other code (such as 1 and 2).
    """
    array = _same_length(name, _vector(name, values), length)
    if array.dtype.kind == "b":
        return array
    numbers = _finite(name, array)
    flags: BoolArray = numbers == 1
    other = ~flags & (numbers != 0)
    if other.any():
        place = int(np.argmax(other))
        raise ValueError(
            f"{name} must be True/1 for an event or False/0 for a censoring, "
            f"got {numbers[place]:g} at position {place}"
        )
    return flags


def cause_codes(name: str, values: ArrayLike, length: int) -> IntArray:
    """Array of `length` causes: 0 for a censoring, 1, 2, ... for the cause of an event.

    Raises:
        ValueError: another length, a missing value, a fraction, a negative number or one above 20.
    """
    numbers = _finite(name, _same_length(name, _vector(name, values), length))
    codes: IntArray = numbers.astype(np.int64)
    other = (codes != numbers) | (codes < 0) | (codes > MOST_CAUSES)
    if other.any():
        place = int(np.argmax(other))
        raise ValueError(
            f"{name} must be 0 for a censoring or 1 to {MOST_CAUSES} for the cause of an event, "
            f"got {numbers[place]:g} at position {place}"
        )
    return codes


def case_weights(name: str, values: ArrayLike, length: int) -> FloatArray:
    """Array of `length` finite weights, none negative and at least one above 0.

    Raises:
        ValueError: another length, a missing, infinite or negative weight, or all of them 0.
    """
    weights = _finite(name, _same_length(name, _vector(name, values), length))
    if (weights < 0).any():
        place = int(np.argmax(weights < 0))
        raise ValueError(f"{name} must not be negative, got {weights[place]:g} at position {place}")
    if not weights.any():
        raise ValueError(f"{name} are all 0: at least one observation is needed")
    return weights


def case_counts(name: str, values: ArrayLike, length: int) -> FloatArray:
    """Array of `length` whole numbers of cases, none negative and at least one above 0.

    Raises:
        ValueError: as `case_weights`, or a fraction.
    """
    counts = case_weights(name, values, length)
    fractional = counts != np.floor(counts)
    if fractional.any():
        place = int(np.argmax(fractional))
        raise ValueError(
            f"{name} must be whole numbers of cases, got {counts[place]:g} at position {place}"
        )
    return counts


def entry_days(name: str, values: ArrayLike, days: NDArray[Any]) -> NDArray[Any]:
    """Array of whole days of entry (late entry, left truncation), each before its day of exit.

    Raises:
        ValueError: another length than `days`, a value that is no whole day, or entry >= days.
    """
    entry = whole_days(name, values, negative_allowed=True)
    _same_length(name, entry, days.size)
    late = entry >= days
    if late.any():
        place = int(np.argmax(late))
        raise ValueError(
            f"{name} must be before days, got {entry[place]} and {days[place]} at position {place}"
        )
    return entry


def measurements(name: str, values: Measurements) -> FloatArray:
    """One-dimensional array of numbers; missing ones (None, NaN, pandas' NA) are NaN.

    Raises:
        ValueError: not one-dimensional, not numeric, or infinite.
    """
    if hasattr(values, "to_numpy"):
        values = values.to_numpy(dtype=object, na_value=math.nan)
    array = _vector(name, values)
    if array.dtype.kind not in "iufbO":
        raise ValueError(f"{name} must be numbers, got {array.dtype}")
    try:
        numbers = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers: {error}") from error
    infinite = np.isinf(numbers)
    if infinite.any():
        raise ValueError(f"{name} is infinite at position {int(np.argmax(infinite))}")
    return numbers


def count_table(name: str, values: ArrayLike) -> IntArray:
    """Two-dimensional table of whole numbers, none negative.

    Raises:
        ValueError: another number of dimensions, empty, a fraction, a missing or negative number.
    """
    array = np.asarray(values)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"{name} must have rows and columns, got the shape {array.shape}")
    numbers = _finite(name, array.ravel()).reshape(array.shape)
    if (numbers < 0).any() or (numbers != np.floor(numbers)).any():
        raise ValueError(f"{name} must hold whole numbers that are not negative")
    return numbers.astype(np.int64)


def time_points(name: str, values: ArrayLike) -> FloatArray:
    """Array (any length) of days at which a curve is asked for; fractions of a day are allowed.

    Raises:
        ValueError: a missing, infinite or negative value.
    """
    points = _finite(name, _vector(name, np.atleast_1d(np.asarray(values))))
    if (points < 0).any():
        raise ValueError(f"{name} must not be negative, got {points.min():g}")
    return points


def confidence_type(name: str, value: str) -> str:
    """One of "log-log", "log" and "plain".

    Raises:
        ValueError: anything else.
    """
    if value not in CONFIDENCE_TYPES:
        known = ", ".join(repr(known) for known in CONFIDENCE_TYPES)
        raise ValueError(f"{name} must be one of {known}, got {value!r}")
    return value


def between_0_and_1(name: str, value: float) -> float:
    """A number strictly between 0 and 1.

    Raises:
        ValueError: anything else, such as 95 for 0.95.
    """
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a number between 0 and 1, got {value!r}") from error
    if not 0 < number < 1:
        raise ValueError(f"{name} must be between 0 and 1 (0.95 for 95 %), got {value!r}")
    return number


def _vector(name: str, values: Measurements) -> NDArray[Any]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got {array.ndim} dimensions")
    return array


def _same_length(name: str, array: NDArray[Any], length: int) -> NDArray[Any]:
    if array.size != length:
        raise ValueError(f"{name} has {array.size} values but days has {length}")
    return array


def _finite(name: str, array: NDArray[Any]) -> FloatArray:
    if array.dtype.kind not in "iufbO":
        raise ValueError(f"{name} must be numbers, got {array.dtype}")
    try:
        numbers = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be numbers without missing values: {error}") from error
    unusable = ~np.isfinite(numbers)
    if unusable.any():
        place = int(np.argmax(unusable))
        raise ValueError(f"{name} is missing or not finite at position {place}")
    return numbers
