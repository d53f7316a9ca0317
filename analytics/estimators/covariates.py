"""Covariates of a regression: a table with named columns becomes a matrix of numbers.

Numbers stay as they are. Categories, strings and booleans become one column of 0 and 1 per level
other than the reference level; the reference is the first category (of strings the first in
alphabetical order, of booleans False) unless another is named. Categories without a row are left
out, and so is the order of ordered categories: each level is compared with the reference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analytics.estimators.inputs import FloatArray, IntArray

if TYPE_CHECKING:
    # At run time whoever has such a table has imported it; the estimators load without.
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Variable:
    """One column of the table.

    Attributes:
        name: of the column.
        x: its numbers, shape (rows, terms): one term for a number, one per level of a category
            other than the reference, none for a category with one level only.
        levels: names of these levels; empty for a number.
        reference: name of the reference level; None for a number.
        codes: level of each row, 0 for the reference, 1 for the first of `levels`; None for a
            number.
    """

    name: str
    x: FloatArray
    levels: tuple[str, ...]
    reference: str | None
    codes: IntArray | None

    @property
    def term_names(self) -> list[str]:
        """ "age" for a number, "grade: G2" for a level."""
        return (
            [f"{self.name}: {level}" for level in self.levels]
            if self.codes is not None
            else [self.name]
        )

    def counts(self, weights: FloatArray) -> FloatArray:
        """Sum of `weights` (one per row): reference and levels of a category, or all rows."""
        if self.codes is None:
            return np.array([weights.sum()])
        sums = np.bincount(self.codes, weights=weights, minlength=len(self.levels) + 1)
        return sums.astype(np.float64)


def read_variables(
    covariates: "pd.DataFrame",
    length: int,
    *,
    names: Iterable[str] | None = None,
    reference: Mapping[str, Any] | None = None,
) -> list[Variable]:
    """The columns of `covariates`, or those in `names`, in this order.

    Args:
        covariates: one line per observation, by position (its index is not looked at).
        length: number of observations.
        names: columns to take; None for all.
        reference: reference level of a column of categories, strings or booleans.

    Raises:
        ValueError: another length; no column; an unknown, doubled or non-numeric column; a missing
            or infinite value; a reference level that does not occur. The message names the column.
    """
    import pandas as pd

    if not isinstance(covariates, pd.DataFrame):
        raise ValueError(
            f"covariates must be a DataFrame with named columns, got {type(covariates).__name__}"
        )
    if len(covariates) != length:
        raise ValueError(f"covariates has {len(covariates)} values but days has {length}")
    wanted = list(covariates.columns) if names is None else list(names)
    if not wanted:
        raise ValueError("covariates has no column: at least one is needed")
    for name in wanted:
        if (found := list(covariates.columns).count(name)) != 1:
            fault = "is not among the columns" if found == 0 else "is the name of several columns"
            raise ValueError(f"covariates: {name!r} {fault}")
        if wanted.count(name) > 1:
            raise ValueError(f"covariates: {name!r} is named twice")
    levels = dict(reference or {})
    for name in levels:
        if name not in covariates.columns:
            raise ValueError(f"reference: {name!r} is not among the columns of covariates")
    return [_variable(str(name), covariates[name], levels.get(name)) for name in wanted]


def group_codes(name: str, values: ArrayLike, length: int) -> IntArray:
    """Codes 0, 1, 2 ... of the groups (strata, clusters) that `values` name, one per row.

    Raises:
        ValueError: not one-dimensional, another length, or a missing value.
    """
    import pandas as pd

    try:
        # A Series keeps what is missing among strings; an array would make it a string, too.
        array = values if isinstance(values, pd.Series) else pd.Series(values)
        codes = pd.factorize(array)[0]
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be one-dimensional, of names or codes: {error}") from error
    if len(array) != length:
        raise ValueError(f"{name} has {len(array)} values but days has {length}")
    if (codes < 0).any():
        raise ValueError(f"{name} is missing in {int((codes < 0).sum())} rows")
    return codes.astype(np.int64)


def _variable(name: str, column: "pd.Series[Any]", reference: Any | None) -> Variable:
    import pandas as pd

    missing = int(column.isna().sum())
    if missing:
        raise ValueError(
            f"covariates: {name!r} is missing in {missing} of {len(column)} rows; "
            "leave these rows out first"
        )
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return _category(name, column.cat.codes.to_numpy(), column.cat.categories, reference)
    if pd.api.types.is_bool_dtype(kind):
        codes = column.to_numpy(dtype=bool).astype(np.int64)
        return _category(name, codes, (False, True), reference)
    if pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_complex_dtype(kind):
        if reference is not None:
            raise ValueError(f"reference: {name!r} holds numbers, which have no reference level")
        return _number(name, column)
    if pd.api.types.infer_dtype(column, skipna=False) == "string":
        codes, labels = pd.factorize(column, sort=True)
        return _category(name, codes, labels, reference)
    raise ValueError(
        f"covariates: {name!r} must hold numbers, categories, strings or booleans, got {kind}"
    )


def _number(name: str, column: "pd.Series[Any]") -> Variable:
    numbers = column.to_numpy(dtype=np.float64)
    infinite = ~np.isfinite(numbers)
    if infinite.any():
        raise ValueError(f"covariates: {name!r} is infinite at position {int(np.argmax(infinite))}")
    return Variable(name, numbers[:, np.newaxis], (), None, None)


def _category(name: str, codes: Any, labels: Iterable[Any], reference: Any | None) -> Variable:
    labels = [str(label) for label in labels]
    used = np.flatnonzero(np.bincount(codes, minlength=len(labels))).tolist()
    if reference is not None:
        first = [level for level in used if labels[level] == str(reference)]
        if not first:
            raise ValueError(f"reference: no row of {name!r} has the level {str(reference)!r}")
        used = first + [level for level in used if level != first[0]]
    new_code = np.zeros(len(labels), dtype=np.int64)
    new_code[used] = np.arange(len(used))
    recoded = new_code[codes]
    x = (recoded[:, np.newaxis] == np.arange(1, len(used))).astype(np.float64)
    levels = tuple(labels[level] for level in used[1:])
    return Variable(name, x, levels, labels[used[0]], recoded)
