"""The study beside published series, with a pooled line of the series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.study_outcomes import outcome_cell
from analytics.artefacts.study_rates import follow_up_months, observed_months
from analytics.artefacts.words import DASH, count, median_and_range, number, share
from analytics.cohort import Cohort
from analytics.estimators.pooled import PooledShare, pooled_share
from analytics.published.series import Outcome, Series, SeriesSet, sets_for
from registry.number_text import decimal, short
from registry.protocols.vocabulary import Unit


def published_comparison(cohort: Cohort, *, pooled: bool = True) -> Artefact:
    """One table per set of published series that the study is compared with.

    The study's own lines come first, one for each time at which the series give their rates; the
    line of the study's own paper is left out (it stands in the comparison with the paper).

    Args:
        pooled: ends each table with the series pooled by random effects.
    """
    title = _("Comparison with published series")
    sets = sets_for(cohort.protocol)
    if not sets:
        reason = _("No published series of this setting and technique are on file.")
        return Artefact("published", title, reason=reason)
    if cohort.patients.empty:
        return Artefact("published", title, reason=_("The study has no patients yet."))
    tables = tuple(_table(cohort, one, pooled) for one in sets)
    return Artefact("published", title, tables)


def _table(cohort: Cohort, of_set: SeriesSet, pooled: bool) -> Table:
    series = [one for one in of_set.series if one.paper != cohort.protocol.key]
    rows = [*_study_rows(cohort, of_set, series), *(_series_row(of_set, one) for one in series)]
    notes = [
        _("Source of the series: %(citation)s, %(place)s.")
        % {"citation": _(of_set.citation), "place": _(of_set.reference)}
    ]
    if of_set.note:
        notes.append(_(of_set.note))
    notes.extend(_study_notes(cohort, of_set))
    if of_set.not_pooled:
        notes.append(_(of_set.not_pooled))
    elif pooled and (row := _pooled_row(of_set, series)) is not None:
        rows.append(row)
        notes.append(_about_pooling())
    columns, filled = _without_empty_columns(_columns(of_set), rows)
    return Table(
        key=f"published-{of_set.key.replace('_', '-')}",
        title=_(of_set.title),
        stub=_("Series"),
        columns=columns,
        rows=filled,
        notes=(*notes, *standard_notes(cohort)),
    )


def _without_empty_columns(
    columns: tuple[Column, ...], rows: list[Row]
) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """Columns that no line fills are left out."""
    kept = [place for place in range(len(columns)) if any(row.cells[place] != DASH for row in rows)]
    filled = (Row(row.label, tuple(row.cells[place] for place in kept)) for row in rows)
    return tuple(columns[place] for place in kept), tuple(filled)


def _columns(of_set: SeriesSet) -> tuple[Column, ...]:
    return (
        Column(_("Patients")),
        Column(_("Lesions")),
        Column(_("Treatment"), is_number=False),
        Column(_("Follow-up (months)")),
        Column(_("Years")),
        *(Column(_outcome_label(outcome)) for outcome in of_set.outcomes),
        Column(_("Remark"), is_number=False),
    )


def _outcome_label(outcome: Outcome) -> str:
    return {
        Outcome.LOCAL_CONTROL: _("Local control"),
        Outcome.SURVIVAL: _("Overall survival"),
        Outcome.TOXICITY_3: _("Toxicity grade ≥ 3"),
        Outcome.LATE_2: _("Any late toxicity grade ≥ 2"),
        Outcome.WOUND: _("Wound complication"),
        Outcome.FIBROSIS: _("Fibrosis"),
        Outcome.OEDEMA: _("Oedema"),
        Outcome.JOINT: _("Joint stiffness"),
        Outcome.FRACTURE: _("Bone fracture"),
    }[outcome]


def _study_rows(cohort: Cohort, of_set: SeriesSet, series: list[Series]) -> Iterator[Row]:
    times: list[float | None] = []
    times.extend(sorted({one.years for one in series if one.years is not None}))
    seen = observed_months(cohort, Unit.PATIENT)
    follow_up = seen.median() if len(seen) else None
    lesions = count(len(cohort.lesions)) if of_set.unit is Unit.LESION else DASH
    for years in times or [None]:
        outcomes = (outcome_cell(cohort, outcome, years) for outcome in of_set.outcomes)
        yield Row(
            _("This study"),
            (
                count(len(cohort.patients)),
                lesions,
                _treatment(cohort, of_set.unit),
                number(follow_up),
                _as_printed(years),
                *outcomes,
                DASH,
            ),
        )


def _treatment(cohort: Cohort, unit: Unit) -> Cell:
    """ "45 Gy (30–75) in 5 (2–10) fractions"."""
    frame, prefix = (cohort.patients, "") if unit is Unit.PATIENT else (cohort.lesions, "lesion_")
    dose, fractions = frame[f"{prefix}dose_gy"], frame[f"{prefix}fraction_count"]
    if dose.isna().all():
        return DASH
    text = _("%(dose)s %(unit)s in %(fractions)s fractions") % {
        "dose": _spread(dose),
        "unit": cohort.protocol.dose.unit.value,
        "fractions": _spread(fractions),
    }
    return Cell(text, text)


def _spread(values: pd.Series) -> str:
    known = values.dropna()
    if known.empty:
        return DASH.text
    return median_and_range(known.median(), known.min(), known.max()).text


def _series_row(of_set: SeriesSet, series: Series) -> Row:
    remarks = [_(text) for text in (series.disease, series.note, series.reference) if text]
    text = "; ".join(remark.rstrip(".") for remark in remarks)
    return Row(
        _(series.name),
        (
            DASH if series.patients is None else count(series.patients),
            DASH if series.lesions is None else count(series.lesions),
            Cell(_(series.treatment), series.treatment) if series.treatment else DASH,
            _as_printed(series.follow_up_months),
            _as_printed(series.years),
            *(_percent(series.percent.get(outcome)) for outcome in of_set.outcomes),
            Cell(text, text) if text else DASH,
        ),
    )


def _as_printed(value: float | None) -> Cell:
    """A figure with the decimals that its source gives."""
    return DASH if value is None else Cell(short(value, 1), value)


def _percent(value: float | None) -> Cell:
    if value is None:
        return DASH
    text = _("%(figure)s %%") % {"figure": short(value, 1)}
    return Cell(text, value / 100)


def _study_notes(cohort: Cohort, of_set: SeriesSet) -> Iterator[str]:
    rates = [outcome for outcome in of_set.outcomes if outcome.is_rate_at_a_time]
    if rates:
        yield _(
            "This study: Kaplan–Meier rates of its own endpoints with 95 % confidence intervals "
            "(log-log), a dash past the end of its data. Definitions and time origins of the "
            "series differ."
        )
    if rates and of_set.unit is Unit.LESION:
        yield _("Intervals over lesions are robust by patient.")
    if len(rates) < len(of_set.outcomes):
        yield _(
            "Toxicity of this study: patients treated, at the worst grade, without events called "
            "unrelated or unlikely."
        )
    if Outcome.WOUND in of_set.outcomes:
        yield _("Wound complications of this study: within 120 days, of those operated.")
    yield _(
        "Follow-up of this study: median time to death or last contact, as series usually give it; "
        "by the reverse Kaplan–Meier estimate %(months)s months."
    ) % {"months": number(follow_up_months(cohort, "OS").estimate).text}


def _about_pooling() -> str:
    return _(
        "Pooled: random effects on logits (DerSimonian and Laird 1986), 0.5 added to series with "
        "no event or nothing but events; this study is not in it. A series gives a percentage and "
        "a number: events are their product, rounded. That ignores censoring, so the interval is "
        "narrower than it should be."
    )


def _pooled_row(of_set: SeriesSet, series: list[Series]) -> Row | None:
    """The pooled line; None where no outcome is reported by two series."""
    years = _usual_years(series)
    found = [_pooled(of_set, series, outcome, years) for outcome in of_set.outcomes]
    if not any(found):
        return None
    texts = [
        _("%(label)s: %(n)d series, I² %(i)s %%, τ² %(tau)s")
        % {
            "label": _outcome_label(outcome),
            "n": pooled.series,
            "i": decimal(100 * pooled.i_squared, 0),
            "tau": decimal(pooled.tau_squared, 2),
        }
        for outcome, pooled in zip(of_set.outcomes, found, strict=True)
        if pooled is not None
    ]
    cells = (
        DASH if pooled is None else share(pooled.share, pooled.lower, pooled.upper)
        for pooled in found
    )
    remark = Cell("; ".join(texts), "; ".join(texts))
    return Row(_("Series pooled"), (DASH, DASH, DASH, DASH, _as_printed(years), *cells, remark))


def _usual_years(series: list[Series]) -> float | None:
    """The time at which most series give their rates, the earlier of two."""
    times = Counter(one.years for one in series if one.years is not None)
    return min(times, key=lambda years: (-times[years], years), default=None)


def _pooled(
    of_set: SeriesSet, series: list[Series], outcome: Outcome, years: float | None
) -> PooledShare | None:
    """The outcome over the series that give it, at the usual time, and its number."""
    events, totals = [], []
    for one in series:
        by_lesion = outcome is Outcome.LOCAL_CONTROL and of_set.unit is Unit.LESION
        total = one.lesions if by_lesion else one.patients
        percent = one.percent.get(outcome)
        if total is None or percent is None:
            continue
        if outcome.is_rate_at_a_time and one.years != years:
            continue
        events.append(round(total * percent / 100))
        totals.append(total)
    return pooled_share(events, totals) if len(totals) > 1 else None
