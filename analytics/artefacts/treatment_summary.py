"""How the patients were irradiated: by course, by planning target volume and by lesion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.dose_words import dose_notes
from analytics.artefacts.grouping import in_order
from analytics.artefacts.labels import code_label, not_known
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.spread import spread_cell
from analytics.artefacts.treatment_figures import Quantity, doses, of_courses, of_targets
from analytics.artefacts.units import counts_lesions
from analytics.artefacts.words import count, count_percent
from analytics.cohort import Cohort
from registry.number_text import count_text

KEY = "treatment-summary"
EMPTY = Cell("")


def treatment_summary(cohort: Cohort) -> Artefact:
    """Median (range) of dose, volumes and plan quality; n (%) of intent and technique.

    Each figure stands at the unit that it belongs to: doses at the course or, where an endpoint of
    the study is counted by lesion, at the lesion; volumes and indices at the target (PTV).
    """
    title = _("Summary of the radiotherapy")
    if cohort.courses.empty:
        return Artefact(KEY, title, reason=_("No course of radiotherapy has begun."))
    table = Table(
        key=KEY,
        title=title,
        stub=_("Characteristic"),
        columns=(Column(_("n")), Column(_("n (%) or median (range)"))),
        rows=tuple(_rows(cohort)),
        notes=(
            _(
                "n: those with a value on file; shares are of these. A course counts once it has "
                "begun; its dose is that of its target with the highest dose."
            ),
            *dose_notes(cohort),
            *standard_notes(cohort),
        ),
    )
    return Artefact(KEY, title, (table,))


def _rows(cohort: Cohort) -> Iterator[Row]:
    by_lesion = counts_lesions(cohort) and not cohort.lesions.empty
    courses, targets, lesions = cohort.courses, cohort.targets, cohort.lesions

    yield Row(_("Courses of radiotherapy (n = %(n)s)") % {"n": count_text(len(courses))})
    yield from _levels(courses, "intent", _("Intent"))
    yield from _levels(courses, "technique", _("Technique"))
    yield from _levels(courses, "radiation_type", _("Radiation"))
    if not by_lesion:
        yield from _medians(courses, doses(cohort))
    yield from _medians(courses, of_courses(cohort))
    yield from _yes(courses, "has_boost", _("With a boost"))
    yield from _yes(courses, "is_completed", _("Completed as planned"))

    volumes = list(_medians(targets, of_targets(cohort, with_gtv=not by_lesion)))
    if volumes:
        yield Row(_("Planning target volumes (n = %(n)s)") % {"n": count_text(len(targets))})
        yield from volumes
    if by_lesion:
        yield Row(_("Treated lesions (n = %(n)s)") % {"n": count_text(len(lesions))})
        yield from _levels(lesions, "lesion_technique", _("Technique"))
        yield from _medians(lesions, doses(cohort, "lesion_"))
        yield from _medians(lesions, [Quantity("lesion_gtv_cm3", _("GTV (cm³)"))])


def _levels(frame: pd.DataFrame, column: str, label: str) -> Iterator[Row]:
    known = frame[column][frame[column] != ""]
    if known.empty:
        return
    yield Row(label, (count(len(known)), EMPTY), indent=1)
    for code in in_order(column, list(known.unique())):
        cell = count_percent(int((known == code).sum()), len(known))
        yield Row(code_label(column, code), (EMPTY, cell), indent=2)
    if missing := len(frame) - len(known):
        yield Row(not_known(), (EMPTY, count(missing)), indent=2)


def _yes(frame: pd.DataFrame, column: str, label: str) -> Iterator[Row]:
    known = frame[column][frame[column] != ""]
    if not known.empty:
        cell = count_percent(int((known == "yes").sum()), len(known))
        yield Row(label, (count(len(known)), cell), indent=1)


def _medians(frame: pd.DataFrame, quantities: Iterable[Quantity]) -> Iterator[Row]:
    """A line per quantity that anything is on file of."""
    for quantity in quantities:
        known = frame[quantity.column].dropna()
        if len(known):
            cells = count(len(known)), spread_cell(known, quantity.digits)
            yield Row(quantity.label, cells, indent=1)
