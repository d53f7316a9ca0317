"""Points of a study's own curves, for lines beside published ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.artefacts.follow_up_times import follow_up_times
from analytics.cohort import Cohort
from analytics.cohort.analysis import analysis_frame
from analytics.curves import LEVEL, Estimate, median_months, rates_at
from analytics.estimators import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from analytics.extract import TimeToEvent
from analytics.extract.rules import CENSORED
from analytics.figures import DAYS_PER_MONTH
from registry.protocols.vocabulary import Unit

Members = NDArray[np.bool_]


def rate(cohort: Cohort, endpoint_code: str, months: float) -> Estimate:
    """Share without the event at a time; unknown past the end of the data."""
    table = observed(cohort, endpoint_code)
    km = curve(table, np.ones(len(table.rows), dtype=np.bool_)) if table else None
    return rates_at(km, [months])[0].survival


def follow_up_months(cohort: Cohort, endpoint_code: str) -> Estimate:
    """Median follow-up in months by the reverse Kaplan-Meier estimate."""
    table = observed(cohort, endpoint_code)
    if table is None:
        return median_months(None)
    return median_months(reverse_kaplan_meier(table.days, table.event_or_death, level=LEVEL))


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


def curve(table: TimeToEvent, rows: Members) -> KaplanMeier:
    """Kaplan-Meier curve of some rows, at least one; limits of lesions are robust by patient."""
    patients = patients_of_lesions(table, rows)
    return kaplan_meier(table.days[rows], table.event[rows], cluster=patients, level=LEVEL)


def patients_of_lesions(table: TimeToEvent, rows: Members) -> NDArray[np.object_] | None:
    """Whose lesion each of these rows is; None where patients are counted."""
    if table.endpoint.unit is not Unit.LESION:
        return None
    return table.rows["USUBJID"].to_numpy(dtype=object)[rows]
