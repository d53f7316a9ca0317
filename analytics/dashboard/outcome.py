"""Curves on a dashboard, as readers of figures see them, with their rates at one to three years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.artefacts.km_parts import NamedCurve, km_figure
from analytics.artefacts.notes import months_note
from analytics.artefacts.parts import Artefact, Column, Figure, Row, Table
from analytics.artefacts.small_cells import (
    LEAST_SHOWN,
    count_cell,
    count_words,
    too_few_words,
    without_small_cells,
)
from analytics.artefacts.words import share
from analytics.curve_figure import median_words
from analytics.curve_words import estimate_words, figure_labels, unit_count
from analytics.curves import SurvivalResult
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import label

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
    reason = ""
    if result.km is None:
        reason = _("Nobody has been followed for this endpoint yet.")
    elif result.n < LEAST_SHOWN:
        reason = too_few_words()
    if reason:
        return Outcome(endpoint, "", Artefact("curve", curve, reason=reason), Artefact("", rates))
    return Outcome(
        endpoint,
        _counted(result),
        without_small_cells(Artefact("curve", curve, (_figure(result),))),
        Artefact("rates", rates, (_rates(result),)),
    )


def _counted(result: SurvivalResult) -> str:
    return _("%(count)s, events: %(events)s") % {
        "count": unit_count(result.endpoint.unit, result.n),
        "events": count_words(result.events),
    }


def _figure(result: SurvivalResult) -> Figure:
    km = result.km
    assert km is not None
    title = _(result.endpoint.label)
    return km_figure(
        [NamedCurve(title, km, note=median_words(result.median))],
        key=f"dashboard-{result.endpoint.code.lower()}".replace("_", "-"),
        title=title,
        labels=figure_labels(result.endpoint),
        caption=[],
    )


def _rates(result: SurvivalResult) -> Table:
    return Table(
        key=f"rates-{result.endpoint.code.lower()}",
        title=_("Without the event, with 95 % confidence interval"),
        stub=_("Months"),
        columns=(Column(_("Rate (95 % CI)")), Column(_("At risk"))),
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
    endpoint = result.endpoint
    yield _(endpoint.definition)
    yield _("Time origin: %(origin)s.") % {"origin": _(label(endpoint.origin))}
    yield from estimate_words(
        result.numbers, result.conf_type, clustered=result.is_clustered, shown=count_words
    )
    yield months_note()
