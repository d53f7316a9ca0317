"""The figures of every endpoint as one long table, in the form in which R writes them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from analytics.artefacts.km_parts import estimate
from analytics.curves import AT_MONTHS
from analytics.estimators import cumulative_incidence
from analytics.extract import TimeToEvent
from analytics.figures import DAYS_PER_MONTH


class FigureLine(NamedTuple):
    """One figure: what it is, of which endpoint, at how many months; None where not reached."""

    what: str
    group: str
    at: str
    value: float | None


HEAD = FigureLine._fields


def figure_lines(tables: Sequence[TimeToEvent]) -> Iterator[FigureLine]:
    """Numbers, medians in days, and rates of each endpoint, limits log-log.

    Limits of lesions are clustered by patient. Past the last day of follow-up there is no rate.
    """
    for table in tables:
        yield from _endpoint(table)


def _endpoint(table: TimeToEvent) -> Iterator[FigureLine]:
    km = estimate(table, conf_type="log-log", clustered=True)
    code = table.endpoint.code
    if km is None:
        return
    yield FigureLine("n", code, "", len(table.rows))
    yield FigureLine("events", code, "", int(table.event.sum()))
    for name, days in zip(("", "_lower", "_upper"), km.median(), strict=True):
        yield FigureLine(f"median{name}_days", code, "", _known(days))
    for months in AT_MONTHS:
        rates = [float(one[0]) for one in km.at([months * DAYS_PER_MONTH])]
        if not math.isnan(rates[0]):
            for name, rate in zip(("", "_lower", "_upper"), rates, strict=True):
                yield FigureLine(f"rate{name}", code, f"{months:g}", _known(rate))
    if table.competing.any():
        causes = np.where(table.competing, 2, table.event.astype(np.int64))
        incidence = cumulative_incidence(table.days, causes, causes=2)
        yield FigureLine("incidence_at_end", code, "", float(incidence.estimate[-1, 0]))


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
