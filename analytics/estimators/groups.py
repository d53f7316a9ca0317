"""Labels of groups, strata and clusters, as whole numbers from 0 on."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analytics.estimators.inputs import IntArray

FIRST_ROWS = 1000


@dataclass(frozen=True, eq=False)
class Groups:
    """Which group each row belongs to.

    Attributes:
        codes: per row the place of its label in `labels`.
        labels: levels in order, also those without rows where they are declared (the categories of
            a pandas Categorical); without a declaration sorted, and only those that occur.
    """

    codes: NDArray[Any]
    labels: tuple[Hashable, ...]

    @property
    def size(self) -> int:
        """Number of levels."""
        return len(self.labels)

    @property
    def n_occupied(self) -> int:
        """Number of levels that have rows."""
        return int(np.unique(self.codes).size)

    def rows(self) -> list[IntArray]:
        """Positions of the rows of each level, in the order of `labels`."""
        order = np.argsort(self.codes, kind="stable")
        borders = np.searchsorted(self.codes[order], np.arange(1, self.size))
        return np.split(order, borders)


def groups(name: str, values: Any, length: int, *, of: str = "days") -> Groups:
    """Levels of any hashable labels: numbers, booleans, text, or a pandas Categorical.

    Raises:
        ValueError: not one-dimensional, another length than `of` has (`length`), a missing label,
            or labels of kinds that cannot be sorted together.
    """
    categorical = getattr(values, "cat", values)  # a Series of categories has them in .cat
    if hasattr(categorical, "codes") and hasattr(categorical, "categories"):
        codes = _vector(name, categorical.codes, length, of).astype(np.int64)
        _refuse_missing(name, codes < 0)
        return Groups(codes, tuple(categorical.categories.tolist()))
    array = _vector(name, values, length, of)
    if array.dtype.kind == "b":
        array = array.view(np.int8)
        found = _of_small_range(array, 0, 1)
        return Groups(found.codes, tuple(bool(label) for label in found.labels))
    if array.dtype.kind in "iu":
        lowest, highest = int(array.min()), int(array.max())
        if highest - lowest <= 1000 + length:
            return _of_small_range(array, lowest, highest)
    return _of_labels(name, array.tolist())


def _vector(name: str, values: ArrayLike, length: int, of: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.dtype.kind == "U" and not hasattr(values, "dtype"):
        # numpy would write numbers and missing values beside text as text.
        array = np.array(values, dtype=object)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one-dimensional, got {array.ndim} dimensions")
    if array.size != length:
        raise ValueError(f"{name} has {array.size} values but {of} has {length}")
    return array


def _refuse_missing(name: str, missing: NDArray[Any]) -> None:
    if missing.any():
        raise ValueError(f"{name} is missing at position {int(np.argmax(missing))}")


def _of_small_range(array: NDArray[Any], lowest: int, highest: int) -> Groups:
    codes = array if lowest == 0 and array.dtype.kind == "i" else array.astype(np.int64) - lowest
    size = highest - lowest + 1
    # Few labels are mostly all seen among the first rows, which spares a pass over the others.
    seen = np.bincount(codes[:FIRST_ROWS], minlength=size) > 0
    if not seen.all():
        seen = np.bincount(codes, minlength=size) > 0
    labels = tuple((np.flatnonzero(seen) + lowest).tolist())
    if not seen.all():
        codes = (np.cumsum(seen) - 1)[codes]
    return Groups(codes, labels)


def _of_labels(name: str, values: list[Any]) -> Groups:
    # A missing value is None or not equal to itself (NaN, NaT).
    _refuse_missing(name, np.array([value is None or value != value for value in values]))
    try:
        labels = sorted(set(values))
    except TypeError as error:
        raise ValueError(f"{name} has labels that cannot be sorted together: {error}") from error
    place = {label: code for code, label in enumerate(labels)}
    codes = np.fromiter(map(place.__getitem__, values), dtype=np.int64, count=len(values))
    return Groups(codes, tuple(labels))
