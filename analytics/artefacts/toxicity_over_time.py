"""Cumulative incidence of the first toxicity of a grade, with death as competing event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from django.utils.translation import gettext as _

from analytics.artefacts.notes import months_note, patient_count, standard_notes
from analytics.artefacts.parts import Artefact, Column, Figure, Row, Table
from analytics.artefacts.toxicity_events import toxicity_events
from analytics.artefacts.toxicity_times import DEATH, TOXICITY, ToxicityTimes, toxicity_times
from analytics.artefacts.words import count, share
from analytics.cohort import Cohort
from analytics.curves import AT_MONTHS, LEVEL
from analytics.estimators import CumulativeIncidence, cumulative_incidence
from analytics.figures import (
    DAYS_PER_MONTH,
    FigureLabels,
    incidence_data,
    month_ticks,
    survival_figure,
)
from registry.number_text import count_text, general
from registry.protocols.vocabulary import TimePoint, label
from registry.templatetags.protocol import border_words


def toxicity_over_time(
    cohort: Cohort,
    *,
    grade: int = 2,
    phase: str = "late",
    attribution: Sequence[str] | None = None,
) -> Artefact:
    """When patients had their first toxicity of at least ``grade``, since the first day of RT.

    Args:
        grade: lowest grade that counts, 1 to 5.
        phase: "acute" or "late".
        attribution: codes of the attributions that count, "" for not stated; None for all.
    """
    title = _titles(phase) % {"grade": grade}
    found = toxicity_events(cohort, attribution=attribution)
    if not found.treated:
        return _nothing(title, _("No patient has been treated yet."))
    if cohort.protocol.toxicity.acute is None:
        return _nothing(title, _("The protocol draws no border between acute and late toxicity."))
    times = toxicity_times(cohort, found, grade=grade, phase=phase)
    if not len(times.days):
        return _nothing(title, _("No patient has a known time since the first day of RT."))
    if not (times.cause == TOXICITY).any():
        reason = _("None of the %(patients)s with a known time had such toxicity.")
        return _nothing(title, reason % {"patients": patient_count(len(times.days))})
    fit = cumulative_incidence(times.days, times.cause, causes=2, level=LEVEL)
    notes = (*_notes(cohort, times), *standard_notes(cohort))
    return Artefact("toxicity-over-time", title, (_figure(fit, title, notes),))


def _nothing(title: str, reason: str) -> Artefact:
    return Artefact("toxicity-over-time", title, reason=reason)


def _titles(phase: str) -> str:
    if phase == "late":
        return _("Cumulative incidence of late toxicity of grade ≥ %(grade)d")
    return _("Cumulative incidence of acute toxicity of grade ≥ %(grade)d")


def _figure(fit: CumulativeIncidence, title: str, notes: tuple[str, ...]) -> Figure:
    ticks = month_ticks(float(fit.time[-1]))
    curve = incidence_data(fit, TOXICITY, label=title, ticks_months=ticks)
    labels = FigureLabels(
        x_axis=_("Months since %(origin)s") % {"origin": _(label(TimePoint.FIRST_RT_DAY))},
        y_axis=_("Cumulative incidence (%)"),
        at_risk=_("At risk"),
        censored=_("Censored"),
        events=_("With toxicity"),
        competing=_("Died without it"),
    )

    def svg(figure_id: str, *, compact: bool) -> str:
        return survival_figure(
            [curve],
            title=title,
            labels=labels,
            ticks_months=ticks,
            caption=notes,
            figure_id=figure_id,
            show_title=False,
            show_median=False,
            compact=compact,
        )

    key = "toxicity-over-time"
    return Figure(
        key=key,
        title=title,
        svg=svg(key, compact=False),
        svg_compact=svg(f"{key}-compact", compact=True),
        table=_table(fit, title, notes),
    )


def _table(fit: CumulativeIncidence, title: str, notes: tuple[str, ...]) -> Table:
    days = np.array(AT_MONTHS) * DAYS_PER_MONTH
    shares = [share(*figures) for figures in zip(*fit.at(days, TOXICITY), strict=True)]
    rows = []
    for months, day, incidence in zip(AT_MONTHS, days, shares, strict=True):
        until = fit.time <= day
        with_toxicity, died = fit.n_event[until].sum(axis=0)
        still_there = fit.time >= day
        at_risk = fit.n_event[still_there].sum() + fit.n_censor[still_there].sum()
        cells = (count(int(at_risk)), count(int(with_toxicity)), count(int(died)), incidence)
        rows.append(Row(general(months), cells))
    return Table(
        key="toxicity-over-time-numbers",
        title=title,
        stub=_("Months"),
        columns=(
            Column(_("At risk")),
            Column(_("With toxicity")),
            Column(_("Died without it")),
            Column(_("Cumulative incidence (95 % CI)")),
        ),
        rows=tuple(rows),
        notes=notes,
    )


def _notes(cohort: Cohort, times: ToxicityTimes) -> Iterator[str]:
    border = cohort.protocol.toxicity.acute
    yield _("%(patients)s: %(events)s with toxicity, %(deaths)s died without it.") % {
        "patients": patient_count(len(times.days)),
        "events": count_text(int((times.cause == TOXICITY).sum())),
        "deaths": count_text(int((times.cause == DEATH).sum())),
    }
    yield _(
        "Cumulative incidence by Aalen and Johansen with 95 % confidence intervals (log-log), from "
        "the first day of the first course to the first onset; death without it competes."
    )
    if border is not None:
        yield _("Acute: %(border)s; late: after that.") % {"border": border_words(border)}
    if times.without_phase:
        yield _(
            "Left out, toxicity of the grade whose onset does not tell acute from late: "
            "%(patients)s."
        ) % {"patients": patient_count(times.without_phase)}
    if times.without_follow_up:
        yield _("Left out, no known start or follow-up: %(patients)s.") % {
            "patients": patient_count(times.without_follow_up)
        }
    yield months_note()
