"""On which day a state began, counted from the time origin of an endpoint."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from analytics.extract.days import Day
from analytics.extract.facts import LesionFact, PatientFacts, StudyFacts, TherapyFact
from analytics.extract.origins import first_course, origin_day
from analytics.extract.rules import death_day, happened, latest_day
from analytics.extract.table import TimeToEvent
from analytics.later.states import RADIOTHERAPY, SURGERY, SYSTEMIC_THERAPY, State
from registry.models.choices import TherapyKind, TherapyTiming
from registry.operation import NOT_THE_OPERATION
from registry.protocols.vocabulary import TimePoint

NEVER = math.inf
NOT_KNOWN = math.nan

_FROM_RADIOTHERAPY = frozenset({TimePoint.FIRST_RT_DAY, TimePoint.LAST_RT_DAY})
_UNDATED_BUT_BEFORE: dict[str, frozenset[TimePoint]] = {
    TherapyTiming.NEOADJUVANT: _FROM_RADIOTHERAPY | {TimePoint.SURGERY},
    TherapyTiming.CONCURRENT: _FROM_RADIOTHERAPY,
}
"""Timing of drugs without a first day → origins that they came before, or began with."""


def days_begun(state: State, facts: StudyFacts, table: TimeToEvent) -> NDArray[np.float64]:
    """The day on which the state began, for each row of the table.

    Returns:
        Whole days from where the rows count from, the time origin or a landmark; below 0 where it
        began before. Infinity where it never did as far as is known at the data cut, NaN where
        facts leave open whether or when it did.
    """
    patients = {patient.pseudonym: patient for patient in facts.patients}
    since = table.landmark.day if table.landmark is not None else 0
    origin = table.endpoint.origin
    found = []
    for pseudonym, number in zip(table.rows["USUBJID"], table.rows["LESID"], strict=True):
        patient = patients[pseudonym]
        lesion = _lesion(patient, number)
        start = origin_day(origin, patient, lesion)
        assert start is not None  # or there would be no row
        found.append(_day(state, origin, patient, lesion, start) - since)
    return np.array(found, dtype=np.float64)


def _lesion(patient: PatientFacts, number: str) -> LesionFact | None:
    return next((one for one in patient.lesions.values() if str(one.number) == number), None)


def _day(
    state: State,
    origin: TimePoint,
    patient: PatientFacts,
    lesion: LesionFact | None,
    start: Day,
) -> float:
    """Days from the origin, infinity or NaN, by the rules of the extract."""
    if state.code == RADIOTHERAPY:
        return _radiotherapy(patient, lesion, start)
    if state.code == SYSTEMIC_THERAPY:
        therapies = [row for row in patient.therapies if row.kind != TherapyKind.INTERVENTIONAL]
        may_be_later = any(_may_be_later(row, origin, start) for row in therapies)
        return _after(patient, start, (row.start for row in therapies), may_be_later)
    if state.code == SURGERY:
        days = [row.day for row in patient.surgeries if row.procedure not in NOT_THE_OPERATION]
        return _after(patient, start, days, None in days)
    seen = happened(state.kinds, patient, lesion, start, death_day(patient, start))
    if seen.first is not None:
        return (seen.first.on.day - start.day).days
    return NOT_KNOWN if seen.is_undated or seen.is_unassigned else NEVER


def _radiotherapy(patient: PatientFacts, lesion: LesionFact | None, start: Day) -> float:
    course = first_course(patient, lesion)
    if course is None or course.is_after_cut:
        return NEVER
    if course.start is None:
        return NOT_KNOWN
    latest = latest_day(patient, death_day(patient, start))
    return (course.start.within(start.day, latest).day - start.day).days


def _after(
    patient: PatientFacts, start: Day, days: Iterable[Day | None], may_be_later: bool
) -> float:
    """The first day certainly after that of the origin; another one is what was there before.

    Args:
        may_be_later: one without a day may be after the origin too.
    """
    death = death_day(patient, start)
    latest = latest_day(patient, death)
    placed = [
        day.within(None, latest).day for day in days if day is not None and day.earliest > start.day
    ]
    first = min((day for day in placed if death is None or day <= death.day), default=None)
    if first is not None:
        return (first - start.day).days
    return NOT_KNOWN if may_be_later else NEVER


def _may_be_later(therapy: TherapyFact, origin: TimePoint, start: Day) -> bool:
    """True for a therapy without a first day that may have begun after the origin."""
    if therapy.start is not None:
        return False
    if therapy.end is not None and therapy.end.latest <= start.day:
        return False
    return origin not in _UNDATED_BUT_BEFORE.get(therapy.timing, frozenset())
