"""Curves on a dashboard, as readers of figures see them, with their rates at one to three years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from django.utils.translation import gettext as _

from analytics.artefacts.drawing import in_both_widths
from analytics.artefacts.notes import months_note
from analytics.artefacts.parts import Artefact, Column, Figure, Row, Table
from analytics.artefacts.small_cells import (
    LEAST_SHOWN,
    count_cell,
    count_words,
    too_few_words,
)
from analytics.artefacts.words import share
from analytics.curve_figure import median_words
from analytics.curve_words import estimate_words, figure_labels, origin_words, unit_count
from analytics.curves import SurvivalResult
from analytics.estimators import KaplanMeier
from analytics.figures import DAYS_PER_MONTH, curve_data, month_ticks, survival_figure
from registry.protocols.types import Endpoint

AT_MONTHS = (12.0, 24.0, 36.0)


@dataclass(frozen=True, eq=False)
class Outcome:
    """An endpoint: what it is, and its curve and rates; without parts where they are not shown."""

    endpoint: Endpoint
    counted: str
    curve: Artefact
    rates: Artefact


def outcome_of(result: SurvivalResult) -> Outcome:
    """The endpoint of a result that was read at :data:`AT_MONTHS`."""
    endpoint = result.endpoint
    curve, rates = _("Curve"), _("Rates")
    if result.km is None or result.n < LEAST_SHOWN:
        reason = too_few_words() if result.n else _("Nobody has been followed for it yet.")
        return Outcome(endpoint, "", Artefact("curve", curve, reason=reason), Artefact("", rates))
    return Outcome(
        endpoint,
        _counted(result),
        Artefact("curve", curve, (_figure(result, result.km),)),
        Artefact("rates", rates, (_rates(result),)),
    )


def _counted(result: SurvivalResult) -> str:
    return _("%(count)s, events: %(events)s") % {
        "count": unit_count(result.endpoint.unit, result.n),
        "events": count_words(result.events),
    }


def _figure(result: SurvivalResult, km: KaplanMeier) -> Figure:
    """The curve with the numbers at risk alone: with those censored, too, events would be known."""
    title = _(result.endpoint.label)
    ticks = month_ticks(float(km.time[-1]))
    full = curve_data(km, label=title, ticks_months=ticks, note=median_words(result.median))
    at_risk = [count_cell(int(n)) for n in full.at_risk]
    key = f"dashboard-{result.endpoint.code.lower()}".replace("_", "-")
    shares = zip(*km.at(np.asarray(ticks) * DAYS_PER_MONTH), strict=True)
    draw = partial(
        survival_figure,
        [replace(full, at_risk=[cell.text for cell in at_risk], censored=(), events=())],
        title=title,
        labels=figure_labels(result.endpoint),
        ticks_months=ticks,
        description=f"{title}: {full.note}.",
        show_title=False,
    )
    table = Table(
        key=f"{key}-numbers",
        title=title,
        stub=_("Months"),
        columns=_columns(),
        rows=tuple(
            Row(f"{month:g}", (share(*limits), n))
            for month, limits, n in zip(ticks, shares, at_risk, strict=True)
        ),
    )
    return in_both_widths(draw, key=key, title=title, table=table)


def _columns() -> tuple[Column, ...]:
    return Column(_("Rate (95 % CI)")), Column(_("At risk"))


def _rates(result: SurvivalResult) -> Table:
    return Table(
        key=f"rates-{result.endpoint.code.lower()}",
        title=_("Without the event, with 95 % confidence interval"),
        stub=_("Months"),
        columns=_columns(),
        rows=tuple(
            Row(
                f"{rate.months:g}",
                (
                    share(rate.survival.estimate, rate.survival.lower, rate.survival.upper),
                    count_cell(rate.n_risk),
                ),
            )
            for rate in result.rates
        ),
    )


def definition_of(result: SurvivalResult) -> list[str]:
    """What the endpoint is and how it is estimated: a sentence each."""
    return list(_definition(result))


def _definition(result: SurvivalResult) -> Iterator[str]:
    yield _(result.endpoint.definition)
    yield origin_words(result.numbers)
    yield from estimate_words(
        result.numbers, result.conf_type, clustered=result.is_clustered, shown=count_words
    )
    yield months_note()
