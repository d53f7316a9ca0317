"""The published figures of the paper behind a protocol, beside the same figures of this cohort."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.artefacts.notes import months_note, standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.recomputed import recomputed
from analytics.artefacts.words import DASH, median_and_range, number, p_value, with_limits
from analytics.cohort import Cohort
from analytics.curves import Estimate
from analytics.published.figures import FigureUnit, Measure, PaperFigure
from analytics.published.paper_reader import paper
from registry.number_text import decimal, general

_DIGITS = {FigureUnit.COUNT: 0, FigureUnit.HAZARD_RATIO: 2, FigureUnit.RATIO: 2}
_WITHOUT_DIFFERENCE = (FigureUnit.P_VALUE, FigureUnit.HAZARD_RATIO)
_RANGES = (Measure.SPREAD, Measure.FOLLOW_UP, Measure.FOLLOW_UP_ALIVE, Measure.EVENT_TIME)


def paper_comparison(cohort: Cohort) -> Artefact:
    """Published figure, recomputed figure, their difference, and what speaks against the figure.

    Each figure is computed as the paper did; where its numbers contradict one another, or its
    definitions do not give it, the remark says so.
    """
    title = _("Comparison with the paper behind the protocol")
    of_paper = paper(cohort.protocol.key)
    if of_paper is None:
        reason = _("No paper with figures is on file for this protocol.")
        return Artefact("paper", title, reason=reason)
    if cohort.patients.empty:
        return Artefact("paper", title, reason=_("The study has no patients yet."))
    rows: list[Row] = []
    for group in of_paper.groups:
        rows.append(Row(_(group.title)))
        rows.extend(_row(cohort, figure) for figure in group.figures)
    table = Table(
        key="paper",
        title=title,
        stub=_("Figure"),
        columns=(
            Column(_("Unit"), is_number=False),
            Column(_("Published")),
            Column(_("This cohort")),
            Column(_("Difference")),
            Column(_("Place in the paper"), is_number=False),
            Column(_("Remark"), is_number=False),
        ),
        rows=tuple(rows),
        notes=(*_notes(cohort, of_paper.note), *standard_notes(cohort)),
    )
    return Artefact("paper", title, (table,))


def _row(cohort: Cohort, figure: PaperFigure) -> Row:
    asked = figure.recompute
    own = recomputed(cohort, asked, figure.unit) if asked else Estimate(None, None, None)
    remark = _(figure.remark) if figure.remark else ""
    return Row(
        _(figure.name),
        (
            Cell(_unit_label(figure.unit), figure.unit.value),
            _published(figure),
            _own(own, figure),
            _difference(own, figure),
            Cell(_(figure.reference), figure.reference),
            Cell(remark, remark) if remark else DASH,
        ),
        indent=1,
    )


def _published(figure: PaperFigure) -> Cell:
    text = _as_printed(figure.value)
    if figure.lower is not None and figure.upper is not None:
        text += f" ({_as_printed(figure.lower)}–{_as_printed(figure.upper)})"
    return Cell(text, figure.value)


def _as_printed(value: float) -> str:
    return general(value, 10)


def _own(own: Estimate, figure: PaperFigure) -> Cell:
    if figure.unit is FigureUnit.P_VALUE:
        return p_value(own.estimate)
    digits = _digits(figure)
    lower, upper = own.lower, own.upper
    if own.estimate is None or (lower is None and upper is None):
        return number(own.estimate, digits)
    is_range = figure.recompute is not None and figure.recompute.measure in _RANGES
    if is_range and lower is not None and upper is not None:
        return median_and_range(own.estimate, lower, upper, digits)
    return with_limits(own.estimate, lower, upper, digits)


def _difference(own: Estimate, figure: PaperFigure) -> Cell:
    """ "+2.4"; P values and hazard ratios are not subtracted."""
    if own.estimate is None or figure.unit in _WITHOUT_DIFFERENCE:
        return DASH
    value = own.estimate - figure.value
    text = decimal(abs(value), _digits(figure))
    is_none = round(value, _digits(figure)) == 0
    sign = "" if is_none else "+" if value > 0 else "−"
    return Cell(f"{sign}{text}", value)


def _digits(figure: PaperFigure) -> int:
    return _DIGITS.get(figure.unit, 1)


def _unit_label(unit: FigureUnit) -> str:
    return {
        FigureUnit.PERCENT: _("%"),
        FigureUnit.MONTHS: _("months"),
        FigureUnit.YEARS: _("years"),
        FigureUnit.DAYS: _("days"),
        FigureUnit.GY: _("Gy"),
        FigureUnit.CM3: _("cm³"),
        FigureUnit.CM: _("cm"),
        FigureUnit.COUNT: pgettext("unit of a figure", "number"),
        FigureUnit.RATIO: _("ratio"),
        FigureUnit.HAZARD_RATIO: _("HR"),
        FigureUnit.P_VALUE: _("P"),
    }[unit]


def _notes(cohort: Cohort, of_paper: str) -> Iterator[str]:
    yield _("Paper: %(citation)s.") % {"citation": _(cohort.protocol.source.citation)}
    if of_paper:
        yield _(of_paper)
    yield _(
        "This cohort is not that of the paper: a difference is no error of either. Remarks say "
        "where a published figure does not follow from the paper's own numbers or definitions."
    )
    yield _(
        "Rates and medians over time: Kaplan–Meier with 95 % confidence intervals (log-log, of "
        "lesions robust by patient); hazard ratios: Cox, Efron; P: log-rank, of lesions too, as "
        "the papers have it. Other medians stand with their range."
    )
    yield _(
        "Toxicity: patients treated, at the worst grade, without events called unrelated or "
        "unlikely."
    )
    yield months_note()
