"""Points of a study's own curves, for lines beside published ones."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from analytics.artefacts.follow_up_times import follow_up_times
from analytics.cohort import Cohort
from analytics.cohort.analysis import analysis_frame
from analytics.curves import LEVEL, Estimate
from analytics.estimators import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from analytics.extract import TimeToEvent
from analytics.extract.rules import CENSORED
from analytics.figures import DAYS_PER_MONTH
from registry.protocols.vocabulary import Unit

NOT_KNOWN = Estimate(None, None, None)


def curve(cohort: Cohort, endpoint_code: str) -> KaplanMeier | None:
    """Kaplan-Meier curve with log-log limits, robust by patient where lesions are counted.

    None where the protocol has no such endpoint, or nobody an observation.
    """
    table = observed(cohort, endpoint_code)
    if table is None:
        return None
    return kaplan_meier(table.days, table.event, cluster=_cluster(table), level=LEVEL)


def rate(cohort: Cohort, endpoint_code: str, months: float) -> Estimate:
    """Share without the event at a time; unknown past the end of the data."""
    km = curve(cohort, endpoint_code)
    if km is None:
        return NOT_KNOWN
    return _estimate([float(figure[0]) for figure in km.at([months * DAYS_PER_MONTH])])


def median_months(cohort: Cohort, endpoint_code: str) -> Estimate:
    """Median time to the event in months."""
    km = curve(cohort, endpoint_code)
    return NOT_KNOWN if km is None else _estimate([day / DAYS_PER_MONTH for day in km.median()])


def follow_up_months(cohort: Cohort, endpoint_code: str) -> Estimate:
    """Median follow-up in months by the reverse Kaplan-Meier estimate."""
    table = observed(cohort, endpoint_code)
    if table is None:
        return NOT_KNOWN
    reverse = reverse_kaplan_meier(table.days, table.event_or_death, level=LEVEL)
    return _estimate([day / DAYS_PER_MONTH for day in reverse.median()])


def observed_months(cohort: Cohort, unit: Unit, *, alive: bool = False) -> pd.Series:
    """Months from the time origin to death or the last contact, as papers count follow-up.

    Args:
        alive: only patients not known to be dead.
    """
    rows = follow_up_times(cohort, unit).rows
    if alive:
        rows = rows[rows["CNSR"] == CENSORED]
    return rows["AVAL"] / DAYS_PER_MONTH


def observed(cohort: Cohort, endpoint_code: str) -> TimeToEvent | None:
    """The rows of an endpoint; None without the endpoint or without a row."""
    if endpoint_code not in {endpoint.code for endpoint in cohort.protocol.endpoints}:
        return None
    table = analysis_frame(cohort, endpoint_code).table
    return table if len(table.rows) else None


def _cluster(table: TimeToEvent) -> Sequence[str] | None:
    if table.endpoint.unit is not Unit.LESION:
        return None
    return list(table.rows["USUBJID"])


def _estimate(figures: Sequence[float]) -> Estimate:
    return Estimate(*(None if math.isnan(figure) else figure for figure in figures))
