"""The columns of a table by group: one per category, those without one, and all together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.artefacts.labels import list_order, not_known
from analytics.artefacts.parts import Column
from analytics.cohort import Cohort
from analytics.covariates import Covariate, CovariateError
from analytics.covariates.catalogue import covariate, values_of
from registry.number_text import count_text
from registry.protocols.vocabulary import Unit


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


def in_categories(cohort: Cohort, code: str) -> Covariate:
    """The covariate of that code, which has to come in categories.

    Raises:
        CovariateError: there is none, it is a number, or it is known after the time origin only.
    """
    one = covariate(cohort, code)
    if one.kind == "number":
        raise CovariateError(
            _("%(code)s is a number: choose a covariate that puts it into categories.")
            % {"code": code}
        )
    return one


def groups_of(cohort: Cohort, one: Covariate | None, unit: Unit) -> list[Group]:
    """Categories that occur, in their order, "not known" where somebody has none, and all.

    Raises:
        CovariateError: a covariate of lesions for patients.
    """
    frame = cohort.lesions if unit is Unit.LESION else cohort.patients
    everybody = Group(_("All"), np.ones(len(frame), dtype=np.bool_), is_category=False)
    if one is None:
        return [everybody]
    found = values_of(cohort, one, unit)
    groups = [
        Group(label, (found == code).to_numpy(dtype=np.bool_), is_category=True)
        for code, label in one.categories
    ]
    unknown = Group(not_known(), found.isna().to_numpy(dtype=np.bool_), is_category=False)
    return [*(group for group in (*groups, unknown) if group.members.any()), everybody]


def columns_of(groups: Sequence[Group], heading: str = "") -> list[Column]:
    """A column per group with its number; ``heading`` stands above those that are not the total."""
    last = len(groups) - 1
    return [
        Column(
            _("%(group)s (n = %(n)s)")
            % {"group": group.label, "n": count_text(int(group.members.sum()))},
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
