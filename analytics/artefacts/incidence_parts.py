"""Cumulative incidence of an event beside 1 − Kaplan-Meier, where other events compete with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.drawing import in_both_widths
from analytics.artefacts.km_parts import patients_of
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Column, Figure, Row, Table
from analytics.cohort import Cohort
from analytics.curve_words import clustering_words, competing_words, event_words, figure_labels
from analytics.curves import LEVEL
from analytics.estimators import (
    CumulativeIncidence,
    KaplanMeier,
    cumulative_incidence,
    kaplan_meier,
)
from analytics.extract import TimeToEvent
from analytics.figures import (
    DAYS_PER_MONTH,
    incidence_data,
    month_ticks,
    rising_curve,
    survival_figure,
)
from registry.number_text import general
from registry.protocols.vocabulary import Unit

EVENT, COMPETING = 1, 2


def competing_figure(
    cohort: Cohort, table: TimeToEvent, *, key: str, said: Sequence[str], clustered: bool
) -> Figure:
    """Cumulative incidence of the event and of what competes with it, and 1 − Kaplan-Meier.

    Args:
        key: also the prefix of the ids in the drawing.
        said: what is said of the endpoint, in the caption.
        clustered: limits of lesions allow for those of one patient being alike.
    """
    patients = patients_of(table) if clustered else None
    fit = cumulative_incidence(
        table.days,
        np.where(table.competing, COMPETING, table.event.astype(np.int64)),
        cluster=patients,
        causes=2,
        level=LEVEL,
    )
    km = kaplan_meier(table.days, table.event)
    event, other = capfirst(event_words(table.endpoint)), capfirst(competing_words(table.endpoint))
    without = _("%(other)s without it") % {"other": other}
    title = _("Cumulative incidence: %(event)s") % {"event": event}
    caption = [
        *said,
        _(
            "Cumulative incidence by Aalen and Johansen with 95 % confidence intervals (log-log); "
            "1 − Kaplan–Meier censors the competing events and overstates the incidence."
        ),
    ]
    if table.endpoint.unit is Unit.LESION:
        caption.append(clustering_words(clustered))
    caption += standard_notes(cohort)
    ticks = month_ticks(float(fit.time[-1]))
    of_other = incidence_data(fit, COMPETING, label=without, ticks_months=ticks)
    curves = [
        incidence_data(fit, EVENT, label=event, ticks_months=ticks),
        # The numbers under the axis are those of the first curve.
        replace(of_other, at_risk=(), censored=(), events=(), competing=()),
        rising_curve(
            km.time,
            1 - km.survival,
            label=_("1 − Kaplan–Meier: %(event)s") % {"event": event},
            short=_("1 − KM"),
        ),
    ]
    numbers = _numbers_table(fit, km, ticks, (event, without), key=key, title=title, notes=caption)

    draw = partial(
        survival_figure,
        curves,
        title=title,
        labels=replace(
            figure_labels(table.endpoint, table.landmark),
            y_axis=_("Cumulative incidence (%)"),
            competing=_("Competing events"),
        ),
        ticks_months=ticks,
        caption=caption,
        show_title=False,
        show_median=False,
    )
    return in_both_widths(draw, key=key, title=title, table=numbers)


def _numbers_table(
    fit: CumulativeIncidence,
    km: KaplanMeier,
    ticks_months: Sequence[float],
    causes: tuple[str, str],
    *,
    key: str,
    title: str,
    notes: Sequence[str],
) -> Table:
    """Both incidences and 1 − Kaplan-Meier at the ticks of the axis."""
    days = np.asarray(ticks_months, dtype=np.float64) * DAYS_PER_MONTH
    shares = [
        words.share(*at)
        for cause in (EVENT, COMPETING)
        for at in zip(*fit.at(days, cause), strict=True)
    ]
    overstated = [words.share(1 - survival) for survival in km.at(days)[0]]
    at_risk = [words.count(round(number)) for number in km.n_risk_at(days)]
    n = len(ticks_months)
    lines = zip(ticks_months, shares[:n], shares[n:], overstated, at_risk, strict=True)
    return Table(
        key=f"{key}-numbers",
        title=title,
        stub=_("Months"),
        columns=(
            *(Column(_("%(event)s (95 %% CI)") % {"event": event}) for event in causes),
            Column(_("1 − Kaplan–Meier")),
            Column(_("At risk")),
        ),
        rows=tuple(Row(general(months), tuple(cells)) for months, *cells in lines),
        notes=tuple(notes),
    )
