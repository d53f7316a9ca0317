"""From screening to analysis: how many, and why others are not among them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.artefacts.flow_counts import Analysed, FlowCounts, Reasons, flow_counts
from analytics.artefacts.notes import lesion_count, patient_count, standard_notes
from analytics.artefacts.parts import Artefact, Column, Figure, Row, Table
from analytics.artefacts.words import count
from analytics.cohort import Cohort
from analytics.figures.flow import FlowBox, FlowStep, flow_figure
from registry.number_text import count_text
from registry.protocols.vocabulary import Unit

KEY = "flow-chart"


def flow_chart(cohort: Cohort) -> Artefact:
    """Screened, enrolled, treated, and analysed for each endpoint, after STROBE."""
    title = _("Flow of the study")
    if cohort.patients.empty and cohort.screenings.empty:
        return Artefact(KEY, title, reason=_("Nobody has been screened or enrolled."))
    counts = flow_counts(cohort)
    steps, ends = list(_steps(counts)), [_end(one) for one in counts.analysed]
    description = _description(steps, ends)

    def drawn(suffix: str, *, compact: bool) -> str:
        return flow_figure(
            steps,
            ends,
            title=f"{title} – {cohort.study_title}",
            description=description,
            figure_id=f"{KEY}-{cohort.study_key}{suffix}",
            compact=compact,
        )

    notes = (*_notes(cohort, counts), *standard_notes(cohort))
    figure = Figure(
        key=KEY,
        title=title,
        svg=drawn("", compact=False),
        svg_compact=drawn("-compact", compact=True),
        table=Table(
            key=KEY,
            title=title,
            stub=_("Stage"),
            columns=(Column(_("n")),),
            rows=tuple(_rows(counts)),
            notes=notes,
        ),
        notes=notes,
    )
    return Artefact(KEY, title, (figure,))


def _steps(counts: FlowCounts) -> Iterator[FlowStep]:
    screened, treated = counts.screened, counts.treated
    if screened is not None:
        leaving = None
        if screened.not_enrolled:
            title = _numbered(_("Not enrolled"), _total(screened.not_enrolled))
            leaving = FlowBox(title, _listed(screened.not_enrolled))
        yield FlowStep(FlowBox(_numbered(_("Screened"), screened.n)), leaving)
    without = screened.without_screening if screened else 0
    lines = _listed(((_("No screening on file"), without),) if without else ())
    untreated = counts.enrolled - treated.patients if treated else 0
    yield FlowStep(
        FlowBox(_numbered(_("Enrolled"), counts.enrolled), lines),
        FlowBox(_numbered(_("Radiotherapy not begun"), untreated)) if untreated else None,
    )
    if treated is not None:
        lines = () if treated.lesions is None else (lesion_count(treated.lesions),)
        yield FlowStep(FlowBox(_numbered(_("Treated with radiotherapy"), treated.patients), lines))


def _end(analysed: Analysed) -> FlowBox:
    lines = [_("Analysed: %(number)s") % {"number": _unit_count(analysed)}]
    if analysed.left_out:
        lines.append(_("Not analysed: %(n)s") % {"n": count_text(_total(analysed.left_out))})
        lines.extend(_listed(analysed.left_out))
    return FlowBox(_(analysed.endpoint.label), tuple(lines))


def _rows(counts: FlowCounts) -> Iterator[Row]:
    screened, treated = counts.screened, counts.treated
    if screened is not None:
        yield Row(_("Screened"), (count(screened.n),))
        yield from _reason_rows(_("Not enrolled"), screened.not_enrolled)
    yield Row(_("Enrolled"), (count(counts.enrolled),))
    if screened is not None and screened.without_screening:
        yield Row(_("No screening on file"), (count(screened.without_screening),), indent=1)
    if treated is not None:
        untreated = counts.enrolled - treated.patients
        yield Row(_("Radiotherapy not begun"), (count(untreated),), indent=1)
        yield Row(_("Treated with radiotherapy"), (count(treated.patients),))
        if treated.lesions is not None:
            yield Row(_("Treated lesions"), (count(treated.lesions),), indent=1)
    for analysed in counts.analysed:
        unit = _("lesions") if analysed.endpoint.unit is Unit.LESION else _("patients")
        label = _("%(endpoint)s: %(unit)s analysed") % {
            "endpoint": _(analysed.endpoint.label),
            "unit": unit,
        }
        yield Row(label, (count(analysed.n),))
        yield from _reason_rows(_("Not analysed"), analysed.left_out)


def _reason_rows(label: str, reasons: Reasons) -> Iterator[Row]:
    yield Row(label, (count(_total(reasons)),), indent=1)
    for reason, n in reasons:
        yield Row(_capital(reason), (count(n),), indent=2)


def _notes(cohort: Cohort, counts: FlowCounts) -> Iterator[str]:
    if cohort.subset:
        yield _("Screening is not shown of a part of the patients.")
    elif counts.screened is None:
        yield _("No screening is on file.")
    yield _("Analysed: with a known time origin and follow-up, or event, from it on.")


def _description(steps: list[FlowStep], ends: list[FlowBox]) -> str:
    """The chart as one sentence for a screen reader; reasons stand in the table."""
    parts = [box.title for step in steps for box in (step.box, step.leaving) if box]
    parts += [f"{end.title}: {end.lines[0]}" for end in ends]
    return "; ".join(parts) + "."


def _numbered(label: str, n: int) -> str:
    return _("%(label)s (n = %(n)s)") % {"label": label, "n": count_text(n)}


def _listed(reasons: Reasons) -> tuple[str, ...]:
    return tuple(f"{_capital(reason)}: {count_text(n)}" for reason, n in reasons)


def _total(reasons: Reasons) -> int:
    return sum(n for _reason, n in reasons)


def _unit_count(analysed: Analysed) -> str:
    if analysed.endpoint.unit is Unit.LESION:
        return lesion_count(analysed.n)
    return patient_count(analysed.n)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
