"""The columns of a table by group: one per category, those without one, and all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.artefacts.labels import code_label, list_order, not_known
from analytics.artefacts.parts import Column
from analytics.artefacts.variables import PATIENT_VARIABLES, Kind, Variable


@dataclass(frozen=True, eq=False)
class Group:
    """Rows of a frame that share a column of the table.

    Attributes:
        members: one truth value per row of the frame.
        is_category: True for what tests compare; not for "not known" and the total.
    """

    label: str
    members: NDArray[np.bool_]
    is_category: bool


def group_variable(column: str) -> Variable:
    """The variable to group by.

    Raises:
        LookupError: no variable of patients that comes in categories; names those that do.
    """
    by_column = {
        variable.parent or variable.column: variable
        for variable in PATIENT_VARIABLES
        if variable.kind is not Kind.NUMBER
    }
    if column not in by_column:
        there = ", ".join(sorted(by_column))
        raise LookupError(f"group_by: {column!r} is no variable in categories; there are {there}")
    return by_column[column]


def groups_of(frame: pd.DataFrame, column: str | None) -> list[Group]:
    """Categories in the order of their list, "not known" where somebody has none, and all."""
    everybody = Group(_("All"), np.ones(len(frame), dtype=np.bool_), is_category=False)
    if column is None:
        return [everybody]
    codes = as_codes(frame[column])
    groups = [
        Group(code_label(column, code), (codes == code).to_numpy(), is_category=True)
        for code in in_order(column, [code for code in codes.unique() if code])
    ]
    unknown = (codes == "").to_numpy()
    if unknown.any():
        groups.append(Group(not_known(), unknown, is_category=False))
    return [*groups, everybody]


def columns_of(groups: Sequence[Group], heading: str = "") -> list[Column]:
    """A column per group with its number; ``heading`` stands above those that are not the total."""
    last = len(groups) - 1
    return [
        Column(
            _("%(group)s (n = %(n)d)") % {"group": group.label, "n": int(group.members.sum())},
            group=heading if place < last else "",
        )
        for place, group in enumerate(groups)
    ]


def as_codes(column: pd.Series) -> pd.Series:
    """A column as codes, "" for what is missing; numbers without needless decimals."""
    if column.dtype.kind == "f":
        return column.map(lambda value: "" if np.isnan(value) else f"{value:g}").astype("str")
    return column


def in_order(column: str, codes: Sequence[str]) -> list[str]:
    """Codes in the order of the column's list; others after them, numbers by their size."""
    place = list_order(column)

    def order(code: str) -> tuple[int, float, str]:
        is_number = code.replace(".", "", 1).isdigit()
        return place.get(code, len(place)), float(code) if is_number else float("inf"), code

    return sorted(codes, key=order)
