"""Characteristics of the patients, and of the lesions where an endpoint counts these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.characteristic_rows import Sheet, rows_of
from analytics.artefacts.grouping import columns_of, groups_of, in_categories
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Column, Table
from analytics.artefacts.units import counts_lesions
from analytics.artefacts.variables import LESION_VARIABLES, PATIENT_VARIABLES, Variable
from analytics.cohort import Cohort
from analytics.covariates import Covariate
from analytics.covariates.catalogue import values_of
from analytics.covariates.covariate import Level
from registry.protocols.vocabulary import Unit

KEY = "characteristics"


def characteristics(
    cohort: Cohort,
    *,
    group_by: str | None = None,
    tests: bool = False,
    spread: Literal["range", "iqr"] = "range",
    also: Sequence[str] = (),
) -> Artefact:
    """n (%) of what comes in categories, median with range or quartiles of numbers.

    A variable of which nothing is on file is left out, and so is the one to group by. Lesions are
    not tested between groups: those of one patient are not independent.

    Args:
        group_by: covariate of the patients whose categories get a column each, such as "setting".
        tests: a column of P values between the groups; without groups there is none.
        spread: what stands beside a median.
        also: covariates in categories that get lines too, such as "size_5": each below the
            variable that it puts into categories.

    Raises:
        CovariateError: ``group_by`` or ``also`` names a covariate that there is not, or one that
            does not come in categories; ``group_by`` one of lesions.
    """
    grouping = in_categories(cohort, group_by) if group_by else None
    added = [in_categories(cohort, code) for code in also]
    title = _("Characteristics of the patients")
    if cohort.patients.empty:
        return Artefact(KEY, title, reason=_("There is no patient."))
    groups = groups_of(cohort, grouping, Unit.PATIENT)
    frame = _with_covariates(cohort, added, Unit.PATIENT)
    sheet = Sheet(frame, groups, spread, tests and grouping is not None)
    variables = _variables(PATIENT_VARIABLES, added, grouping, "patient")
    tables = [_table(cohort, KEY, title, variables, sheet, grouping)]
    if counts_lesions(cohort):
        name = _("Characteristics of the treated lesions")
        frame = _with_covariates(cohort, added, Unit.LESION)
        sheet = Sheet(frame, groups_of(cohort, grouping, Unit.LESION), spread)
        variables = _variables(LESION_VARIABLES, added, grouping, "lesion")
        tables.append(_table(cohort, f"{KEY}-lesions", name, variables, sheet, grouping))
    parts = tuple(shown for shown in tables if shown.rows)
    if not parts:
        return Artefact(
            KEY, title, reason=_("Nothing is known of the patients at the time origin.")
        )
    return Artefact(KEY, title, parts)


def _with_covariates(cohort: Cohort, added: Sequence[Covariate], unit: Unit) -> pd.DataFrame:
    """The frame with a column of codes, named as the covariate, for each that fits the unit."""
    columns = {
        one.code: values_of(cohort, one, unit).astype(object).fillna("").astype("str")
        for one in added
        if one.level == unit.value
    }
    frame = cohort.lesions if unit is Unit.LESION else cohort.patients
    return frame.assign(**columns)


def _variables(
    listed: Sequence[Variable],
    added: Sequence[Covariate],
    grouping: Covariate | None,
    level: Level,
) -> list[Variable]:
    """What is listed but for the grouping, with the added covariates behind what they are of."""
    variables = [
        one for one in listed if grouping is None or grouping.code not in (one.column, one.parent)
    ]
    for one in added:
        if one.level != level:
            continue
        made = Variable(one.code, one.label, categories=one.categories)
        places = [
            place
            for place, variable in enumerate(variables, start=1)
            if one.column in (variable.column, variable.parent)
        ]
        variables.insert(places[-1] if places else len(variables), made)
    return variables


def _table(
    cohort: Cohort,
    key: str,
    title: str,
    variables: Sequence[Variable],
    sheet: Sheet,
    grouping: Covariate | None,
) -> Table:
    columns = columns_of(sheet.groups, grouping.label if grouping else "")
    if sheet.tests:
        columns.append(Column(_("P")))
    return Table(
        key=key,
        title=title,
        stub=_("Characteristic"),
        columns=tuple(columns),
        rows=tuple(row for variable in variables for row in rows_of(variable, sheet)),
        notes=(*_notes(sheet), *standard_notes(cohort)),
    )


def _notes(sheet: Sheet) -> Iterator[str]:
    yield _(
        "n (%) where not said otherwise; shares are of those with a known value, and add up to "
        "100 % before rounding. Values are those known at the time origin of the study."
    )
    if "after_rt" in set(sheet.frame["surgery_timing"]):
        yield _("Of those operated after radiotherapy, the operation and its margins came later.")
    if sheet.spread == "iqr":
        yield _("Quartiles lie on the line between neighbouring values (type 7).")
    if sheet.tests:
        yield _(
            "P: Fisher's exact test (two levels in two groups, or fewer than five expected in a "
            "cell), else chi-square test; numbers by the rank-sum test of Wilcoxon (two groups) or "
            "the rank test of Kruskal and Wallis (more). Those not known are left out. Not "
            "corrected for the number of tests."
        )
    if "LESID" in sheet.frame:
        yield _("Each lesion counts, by the first course that treats it.")
