"""Characteristics of the patients, and of the lesions where an endpoint counts these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.characteristic_rows import Style, rows_of
from analytics.artefacts.grouping import columns_of, group_variable, groups_of
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Column, Table
from analytics.artefacts.units import counts_lesions
from analytics.artefacts.variables import LESION_VARIABLES, PATIENT_VARIABLES, Variable
from analytics.cohort import Cohort

KEY = "characteristics"


def characteristics(
    cohort: Cohort,
    *,
    group_by: str | None = None,
    tests: bool = False,
    spread: Literal["range", "iqr"] = "range",
) -> Artefact:
    """n (%) of what comes in categories, median with range or quartiles of numbers.

    A variable of which nothing is on file is left out. Lesions are not tested between groups: those
    of one patient are not independent.

    Args:
        group_by: column of the patients whose categories get a column each, such as "setting".
        tests: a column of P values between the groups; without groups there is none.
        spread: what stands beside a median.

    Raises:
        LookupError: ``group_by`` names no variable that comes in categories.
    """
    if group_by is not None:
        group_variable(group_by)  # a wrong name is refused for an empty cohort too
    title = _("Characteristics of the patients")
    if cohort.patients.empty:
        return Artefact(KEY, title, reason=_("There is no patient."))
    style = Style(spread, tests and group_by is not None)
    tables = [_table(cohort, KEY, title, PATIENT_VARIABLES, cohort.patients, group_by, style)]
    if counts_lesions(cohort):
        of_lesions = _("Characteristics of the treated lesions")
        tables.append(
            _table(
                cohort,
                f"{KEY}-lesions",
                of_lesions,
                LESION_VARIABLES,
                cohort.lesions,
                group_by,
                Style(spread),
            )
        )
    parts = tuple(shown for shown in tables if shown.rows)
    if not parts:
        return Artefact(
            KEY, title, reason=_("Nothing is known of the patients at the time origin.")
        )
    return Artefact(KEY, title, parts)


def _table(
    cohort: Cohort,
    key: str,
    title: str,
    variables: Sequence[Variable],
    frame: pd.DataFrame,
    group_by: str | None,
    style: Style,
) -> Table:
    groups = groups_of(frame, group_by)
    columns = columns_of(groups, str(group_variable(group_by).label) if group_by else "")
    if style.tests:
        columns.append(Column(_("P")))
    return Table(
        key=key,
        title=title,
        stub=_("Characteristic"),
        columns=tuple(columns),
        rows=tuple(
            row for variable in variables for row in rows_of(variable, frame, groups, style)
        ),
        notes=(*_notes(frame, style), *standard_notes(cohort)),
    )


def _notes(frame: pd.DataFrame, style: Style) -> Iterator[str]:
    yield _(
        "n (%) where not said otherwise; shares are of those with a known value, and add up to "
        "100 % before rounding. Values are those known at the time origin of the study."
    )
    if style.spread == "iqr":
        yield _("Quartiles lie on the line between neighbouring values (type 7).")
    if style.tests:
        yield _(
            "P: Fisher's exact test (two levels in two groups), chi-square test (more), rank test "
            "of Kruskal and Wallis (numbers); those not known are left out. Not corrected for "
            "the number of tests."
        )
    if "LESID" in frame:
        yield _("Each lesion counts, by the first course that treats it.")
