"""Characteristics of the patients, and of the lesions where an endpoint counts these."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from django.utils.translation import gettext as _

from analytics.artefacts.characteristic_rows import Sheet, rows_of
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

    A variable of which nothing is on file is left out, and so is the one to group by. Lesions are
    not tested between groups: those of one patient are not independent.

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

    def made(key: str, name: str, variables: Sequence[Variable], sheet: Sheet) -> Table:
        shown = [one for one in variables if (one.parent or one.column) != group_by]
        return Table(
            key=key,
            title=name,
            stub=_("Characteristic"),
            columns=tuple(_columns(sheet, group_by)),
            rows=tuple(row for variable in shown for row in rows_of(variable, sheet)),
            notes=(*_notes(sheet), *standard_notes(cohort)),
        )

    patients = Sheet(
        cohort.patients, groups_of(cohort.patients, group_by), spread, tests and bool(group_by)
    )
    tables = [made(KEY, title, PATIENT_VARIABLES, patients)]
    if counts_lesions(cohort):
        lesions = Sheet(cohort.lesions, groups_of(cohort.lesions, group_by), spread)
        name = _("Characteristics of the treated lesions")
        tables.append(made(f"{KEY}-lesions", name, LESION_VARIABLES, lesions))
    parts = tuple(shown for shown in tables if shown.rows)
    if not parts:
        return Artefact(
            KEY, title, reason=_("Nothing is known of the patients at the time origin.")
        )
    return Artefact(KEY, title, parts)


def _columns(sheet: Sheet, group_by: str | None) -> list[Column]:
    heading = str(group_variable(group_by).label) if group_by else ""
    columns = columns_of(sheet.groups, heading)
    return [*columns, Column(_("P"))] if sheet.tests else columns


def _notes(sheet: Sheet) -> Iterator[str]:
    yield _(
        "n (%) where not said otherwise; shares are of those with a known value, and add up to "
        "100 % before rounding. Values are those known at the time origin of the study."
    )
    if sheet.spread == "iqr":
        yield _("Quartiles lie on the line between neighbouring values (type 7).")
    if sheet.tests:
        yield _(
            "P: Fisher's exact test (two levels in two groups), chi-square test (more), rank test "
            "of Kruskal and Wallis (numbers); those not known are left out. Not corrected for "
            "the number of tests."
        )
    if "LESID" in sheet.frame:
        yield _("Each lesion counts, by the first course that treats it.")
