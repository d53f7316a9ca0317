"""Published figures computed again from a cohort, by the paper's own way of counting."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from analytics.artefacts.study_outcomes import RELATED, WOUND_DAYS
from analytics.artefacts.study_rates import (
    Members,
    curve,
    observed_months,
    patients_of_lesions,
)
from analytics.artefacts.toxicity_events import toxicity_events, worst_grades
from analytics.artefacts.wounds import wound_grades
from analytics.cohort import Cohort
from analytics.cohort.analysis import analysis_frame
from analytics.covariates import Condition
from analytics.covariates.catalogue import covariate, values_of
from analytics.curves import LEVEL, Estimate, median_months, rates_at
from analytics.estimators import cox, logrank
from analytics.extract import TimeToEvent
from analytics.figures import DAYS_PER_MONTH
from analytics.published.figures import FigureUnit, Frame, Measure, Recompute
from registry.protocols.vocabulary import Unit
from registry.terminology.hints import terms_of

_NOT_KNOWN = Estimate(None, None, None)
_OF_AN_ENDPOINT = (
    Measure.RATE,
    Measure.MEDIAN_TIME,
    Measure.EVENTS,
    Measure.EVENT_TIME,
    Measure.LOG_RANK,
    Measure.HAZARD_RATIO,
)


def recomputed(cohort: Cohort, asked: Recompute, unit: FigureUnit) -> Estimate:
    """The figure with its limits or its range, in the unit of the published one.

    All are None where the cohort cannot give it: no such endpoint, nobody observed, a group
    without rows, a time past the end of the data.
    """
    if asked.measure in _OF_AN_ENDPOINT:
        return _of_endpoint(cohort, asked)
    if asked.measure is Measure.FOLLOW_UP:
        return spread(observed_months(cohort, asked.by))
    if asked.measure is Measure.FOLLOW_UP_ALIVE:
        return spread(observed_months(cohort, asked.by, alive=True))
    if asked.measure is Measure.SCREENED:
        return _count(len(cohort.screenings))
    if asked.measure in (Measure.TOXICITY, Measure.TOXICITY_EVENTS, Measure.WOUND):
        return _of_toxicity(cohort, asked, unit)
    return _of_frame(cohort, asked)


def spread(values: pd.Series) -> Estimate:
    """Median and range of the known values."""
    known = values.dropna()
    if known.empty:
        return _NOT_KNOWN
    return Estimate(float(known.median()), float(known.min()), float(known.max()))


def members(cohort: Cohort, values: pd.Series, where: Condition) -> tuple[Members, Members]:
    """Rows that fulfil a condition, and rows whose value is known."""
    fulfilled = where.holds(covariate(cohort, where.covariate), values)
    return fulfilled.to_numpy(dtype=np.bool_), values.notna().to_numpy(dtype=np.bool_)


def _of_endpoint(cohort: Cohort, asked: Recompute) -> Estimate:
    if asked.endpoint not in {endpoint.code for endpoint in cohort.protocol.endpoints}:
        return _NOT_KNOWN
    columns = (asked.where.covariate,) if asked.where else ()
    found = analysis_frame(cohort, asked.endpoint, columns)
    table = found.table
    inside = known = np.ones(len(table.rows), dtype=np.bool_)
    if asked.where is not None:
        values = found.frame[asked.where.covariate]
        inside, known = members(cohort, values, asked.where)
    if asked.measure is Measure.LOG_RANK:
        return _log_rank(table, inside, known)
    if asked.measure is Measure.HAZARD_RATIO:
        return _hazard_ratio(table, inside, known)
    if not inside.any():
        return _count(0) if asked.measure is Measure.EVENTS else _NOT_KNOWN
    if asked.measure is Measure.EVENTS:
        return _count(int(table.event[inside].sum()))
    if asked.measure is Measure.EVENT_TIME:
        return spread(pd.Series(table.days[inside & table.event] / DAYS_PER_MONTH))
    km = curve(table, inside)
    if asked.measure is Measure.MEDIAN_TIME:
        return median_months(km)
    rate = rates_at(km, [asked.months])[0].survival
    return _estimate(
        *(
            None if share is None else 100 * share
            for share in (rate.estimate, rate.lower, rate.upper)
        )
    )


def _log_rank(table: TimeToEvent, inside: Members, known: Members) -> Estimate:
    """Plain log-rank P, as the papers have it, of lesions too."""
    if not known.any():
        return _NOT_KNOWN
    found = logrank(table.days[known], table.event[known], inside[known])
    return _estimate(found.p_value, None, None)


def _hazard_ratio(table: TimeToEvent, inside: Members, known: Members) -> Estimate:
    if not known.any():
        return _NOT_KNOWN
    model = cox(
        table.days[known],
        table.event[known],
        pd.DataFrame({"inside": inside[known].astype(np.float64)}),
        cluster=patients_of_lesions(table, known),
        level=LEVEL,
    )
    (term,) = model.terms
    return _estimate(term.hr, term.lower, term.upper)


def _of_toxicity(cohort: Cohort, asked: Recompute, unit: FigureUnit) -> Estimate:
    release = cohort.protocol.toxicity.release
    if release is None:
        return _NOT_KNOWN
    terms = [term for concept in asked.concepts for term in terms_of(concept, release)]
    found = toxicity_events(
        cohort, terms=terms or None, regions=asked.regions or None, attribution=RELATED
    )
    if asked.measure is Measure.WOUND:
        wounds = wound_grades(cohort, found, WOUND_DAYS)
        return _percent(int((wounds >= asked.grade).sum()), len(wounds))
    events = found.counted[found.counted["grade"] >= asked.grade]
    if asked.phase is not None:
        events = events[events["phase"] == asked.phase.value]
    if asked.measure is Measure.TOXICITY_EVENTS:
        return _count(len(events))
    patients = len(worst_grades(events))
    return _count(patients) if unit is FigureUnit.COUNT else _percent(patients, len(found.treated))


def _of_frame(cohort: Cohort, asked: Recompute) -> Estimate:
    frame: pd.DataFrame = getattr(cohort, asked.frame.value)
    inside = known = np.ones(len(frame), dtype=np.bool_)
    if asked.where is not None:
        unit = Unit.LESION if asked.frame is Frame.LESIONS else Unit.PATIENT
        column = values_of(cohort, covariate(cohort, asked.where.covariate), unit)
        inside, known = members(cohort, column, asked.where)
    if asked.measure is Measure.SPREAD:
        return spread(frame.loc[inside, asked.column])
    if asked.measure is Measure.SHARE:
        return _percent(int(inside.sum()), int(known.sum()))
    return _count(int(inside.sum()))


def _estimate(*figures: float | None) -> Estimate:
    """Estimate, lower and upper limit; what is NaN is not known."""
    return Estimate(
        *(None if figure is None or math.isnan(figure) else figure for figure in figures)
    )


def _percent(part: int, whole: int) -> Estimate:
    return Estimate(100 * part / whole, None, None) if whole else _NOT_KNOWN


def _count(number: int) -> Estimate:
    return Estimate(float(number), None, None)
