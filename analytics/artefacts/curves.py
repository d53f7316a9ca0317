"""Kaplan-Meier curves of a study's endpoints, and their rates at fixed times side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.incidence_parts import competing_figure
from analytics.artefacts.km_parts import (
    NamedCurve,
    estimate,
    km_figure,
    median_cell,
    rate_cells,
    rate_columns,
)
from analytics.artefacts.notes import months_note, standard_notes
from analytics.artefacts.parts import NOT_KNOWN, Artefact, Cell, Column, Figure, Row, Table
from analytics.cohort import Cohort
from analytics.cohort.analysis import analysis_frame
from analytics.curve_figure import median_words
from analytics.curve_words import (
    clustering_words,
    estimate_words,
    figure_labels,
    nobody_words,
    origin_words,
    table_words,
    unit_count,
)
from analytics.curves import AT_MONTHS, median_months, rates_at, times_in_months
from analytics.estimators import KaplanMeier
from analytics.estimators.inputs import confidence_type
from analytics.extract import TimeToEvent
from registry.protocols.vocabulary import Unit

KEY = "curves"


def curves(
    cohort: Cohort,
    *,
    endpoints: Sequence[str] = (),
    at_months: Sequence[float] = AT_MONTHS,
    conf_type: str = "log-log",
    clustered: bool = True,
) -> Artefact:
    """The rates of each endpoint in one table, then a figure for each.

    Where competing events were seen, a figure of cumulative incidence follows the curve.

    Args:
        endpoints: codes such as "LC"; all endpoints of the protocol where none is named.
        at_months: times at which the curves are read, in months of 30.4375 days.
        conf_type: scale of the 95 % limits: "log-log", "log" or "plain".
        clustered: limits of lesions allow for those of one patient being alike.

    Raises:
        LookupError: the protocol has no such endpoint.
        ValueError: a time that is negative or not finite, or an unknown ``conf_type``.
    """
    times = times_in_months(at_months)
    confidence_type("conf_type", conf_type)
    codes = endpoints or [endpoint.code for endpoint in cohort.protocol.endpoints]
    title = _("Kaplan–Meier curves")
    tables = [analysis_frame(cohort, code).table for code in codes]
    fits = [estimate(table, conf_type=conf_type, clustered=clustered) for table in tables]
    if not any(fits):
        reason = _("Nobody was followed for any of these endpoints.")
        if cohort.landmark is not None:
            reason = nobody_words(cohort.landmark)
        return Artefact(KEY, title, reason=reason)
    figures = (
        figure
        for table, km in zip(tables, fits, strict=True)
        if km is not None
        for figure in _figures(cohort, table, km, clustered)
    )
    return Artefact(KEY, title, (_rates(cohort, tables, fits, times, clustered), *figures))


def _rates(
    cohort: Cohort,
    tables: Sequence[TimeToEvent],
    fits: Sequence[KaplanMeier | None],
    times: Sequence[float],
    clustered: bool,
) -> Table:
    def row(table: TimeToEvent, km: KaplanMeier | None) -> Row:
        label = _(table.endpoint.label)
        cells = [Cell(unit_count(table.endpoint.unit, len(table.rows)), len(table.rows))]
        if km is None:
            blank = Cell(NOT_KNOWN)
            return Row(label, (*cells, *[blank] * (2 + 2 * len(times))))
        cells.append(words.count(int(table.event.sum())))
        cells.append(median_cell(median_months(km)))
        return Row(label, (*cells, *rate_cells(rates_at(km, times))))

    notes = [
        _("Rate: share without the event by Kaplan and Meier; a dash lies past the last follow-up.")
    ]
    if cohort.landmark is not None:
        notes += dict.fromkeys(origin_words(table.numbers) for table in tables)
    if any(table.endpoint.unit is Unit.LESION for table in tables):
        notes.append(clustering_words(clustered))
    if any(table.competing.any() for table in tables):
        notes.append(
            _(
                "Where other events compete, the rate censors them, and 1 − rate is more than the "
                "share that has the event: see the figures of cumulative incidence."
            )
        )
    return Table(
        key=f"{KEY}-rates",
        title=_("Rates at fixed times"),
        stub=_("Endpoint"),
        columns=(
            Column(_("Counted"), is_number=False),
            Column(_("Events")),
            Column(_("Median in months (95 % CI)")),
            *rate_columns(times),
        ),
        rows=tuple(row(table, km) for table, km in zip(tables, fits, strict=True)),
        notes=(*notes, months_note(), *standard_notes(cohort)),
    )


def _figures(
    cohort: Cohort, table: TimeToEvent, km: KaplanMeier, clustered: bool
) -> Iterator[Figure]:
    endpoint = table.endpoint
    name = _("%(endpoint)s (%(count)s)") % {
        "endpoint": _(endpoint.label),
        "count": unit_count(endpoint.unit, len(table.rows)),
    }
    key = f"{KEY}-{endpoint.code.lower()}".replace("_", "-")
    said = list(table_words(table.numbers))
    yield km_figure(
        [NamedCurve(_(endpoint.label), km, note=median_words(median_months(km)))],
        key=key,
        title=name,
        labels=figure_labels(endpoint, table.landmark),
        caption=[
            *said,
            *estimate_words(table.numbers, km.conf_type, clustered=clustered),
            *standard_notes(cohort),
        ],
    )
    if table.competing.any():
        yield competing_figure(
            cohort, table, key=f"{key}-incidence", said=said, clustered=clustered
        )
