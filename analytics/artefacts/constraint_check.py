"""Dose constraints of the protocol: in how many patients they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from django.utils.translation import gettext as _

from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.words import DASH, count, count_percent, median_and_range
from analytics.cohort import Cohort
from registry.constraints import Judgement, judgements
from registry.deviations import constraint_region
from registry.protocols.types import DoseConstraint, DoseLimit
from registry.protocols.vocabulary import Region
from registry.templatetags.protocol import limit_words, region_words


class _Figure(NamedTuple):
    structure: str
    metric: str
    unit: str
    value: float | None
    eqd2_alpha_beta_gy: float | None


@dataclass
class _Course:
    """Figures of a course and the dose prescribed in it."""

    prescribed_gy: float | None
    figures: list[_Figure] = field(default_factory=list)


_Courses = dict[tuple[str, float], _Course]
"""By pseudonym and number of the course."""


def constraint_check(cohort: Cohort) -> Artefact:
    """Per constraint: patients with a figure on file, kept, exceeded, and the figures themselves.

    A constraint counts the patients treated whose disease lies in its region. A patient exceeds it
    when one structure in one course does, by the rule of :mod:`registry.constraints`.
    """
    title = _("Dose constraints of organs at risk")
    constraints = cohort.protocol.constraints
    if not constraints:
        reason = _("The protocol states no dose constraints.")
        return Artefact("constraints", title, reason=reason)
    regions = _regions_treated(cohort)
    if not regions:
        return Artefact("constraints", title, reason=_("No patient has been treated yet."))
    courses = _courses(cohort)
    rows: list[Row] = []
    for region in Region:
        here = [one for one in constraints if one.region is region and one.limits]
        if here:
            rows.append(Row(region_words(here[0]).capitalize() or _("Everywhere")))
            rows.extend(_row(constraint, regions, courses) for constraint in here)
    table = Table(
        key="constraints",
        title=title,
        stub=_("Constraint"),
        columns=(
            Column(_("Patients treated")),
            Column(_("With a figure, n (%)")),
            Column(_("Kept, n (%)")),
            Column(_("Exceeded, n (%)")),
            Column(_("Figures: median (range)"), is_number=False),
        ),
        rows=(*rows, *_judged_by_a_person(constraints, regions)),
        notes=(
            _(
                "Patients treated: those whose primary lies in the region of the constraint. With "
                "a figure: percent of them. Kept and exceeded: percent of those with a figure; of "
                "several limits one that is kept suffices, and one structure in one course that "
                "exceeds them all makes the patient exceed the constraint."
            ),
            _(
                "Figures are of physical dose, one per structure and course; EQD2 is left out. A "
                "dose in Gy stands in percent of the dose prescribed where the limit does."
            ),
            *standard_notes(cohort),
        ),
    )
    return Artefact("constraints", title, (table,))


def _regions_treated(cohort: Cohort) -> dict[str, Region | None]:
    """Region of each patient treated; None where the site is not known."""
    treated = set(cohort.courses["USUBJID"])
    sites = cohort.patients[["USUBJID", "site"]].itertuples(index=False, name=None)
    return {name: constraint_region(site) for name, site in sites if name in treated}


def _courses(cohort: Cohort) -> _Courses:
    given = cohort.courses[["USUBJID", "course", "dose_gy"]]
    courses = {
        (pseudonym, course): _Course(_known(dose))
        for pseudonym, course, dose in given.itertuples(index=False, name=None)
    }
    columns = ["USUBJID", "course", *_Figure._fields]
    rows = cohort.dose_metrics[columns].itertuples(index=False, name=None)
    for pseudonym, course, structure, metric, unit, value, alpha_beta in rows:
        figure = _Figure(structure, metric, unit, _known(value), _known(alpha_beta))
        courses.setdefault((pseudonym, course), _Course(None)).figures.append(figure)
    return courses


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


def _row(constraint: DoseConstraint, regions: dict[str, Region | None], courses: _Courses) -> Row:
    concerned = _concerned(constraint, regions)
    judged = [
        (pseudonym, judgement)
        for (pseudonym, _number), course in courses.items()
        if pseudonym in concerned
        for judgement in judgements(constraint, course.figures, prescribed_gy=course.prescribed_gy)
    ]
    with_figure = {pseudonym for pseudonym, _judgement in judged}
    exceeded = {pseudonym for pseudonym, judgement in judged if not judgement.is_kept}
    kept = len(with_figure) - len(exceeded)
    return Row(
        _(constraint.text),
        (
            count(len(concerned)),
            count_percent(len(with_figure), len(concerned)),
            count_percent(kept, len(with_figure)),
            count_percent(len(exceeded), len(with_figure)),
            _spread([judgement for _pseudonym, judgement in judged]),
        ),
        indent=1,
    )


def _concerned(constraint: DoseConstraint, regions: dict[str, Region | None]) -> set[str]:
    return {
        pseudonym
        for pseudonym, region in regions.items()
        if constraint.region in (Region.ANY, region)
    }


def _spread(judged: list[Judgement[_Figure]]) -> Cell:
    """ "V20Gy ≤ 30 %: 22.5 (10–31)" for each limit with a figure."""
    by_limit: dict[DoseLimit, list[float]] = {}
    for judgement in judged:
        for measured in judgement.measured:
            by_limit.setdefault(measured.limit, []).append(measured.value)
    texts = []
    for limit, found in by_limit.items():
        spread = median_and_range(float(np.median(found)), min(found), max(found))
        texts.append(f"{limit_words(limit)}: {spread.text}")
    return Cell("; ".join(texts), "; ".join(texts)) if texts else DASH


def _judged_by_a_person(
    constraints: tuple[DoseConstraint, ...], regions: dict[str, Region | None]
) -> Iterator[Row]:
    """Constraints that no figure can show, listed so that nobody takes them for kept."""
    without_limits = [constraint for constraint in constraints if not constraint.limits]
    if without_limits:
        yield Row(_("Judged by a person, no figure"))
    for constraint in without_limits:
        where = region_words(constraint)
        text = f"{_(constraint.text)} ({where})" if where else _(constraint.text)
        concerned = _concerned(constraint, regions)
        yield Row(text, (count(len(concerned)), DASH, DASH, DASH, DASH), indent=1)
