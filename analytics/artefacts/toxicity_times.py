"""Days from the start of radiotherapy to the first toxicity of a grade, with death competing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.artefacts.toxicity_events import ToxicityEvents, last_seen
from analytics.cohort import Cohort
from analytics.extract.facts import PatientFacts
from analytics.extract.origins import origin_day
from registry.protocols.vocabulary import TimePoint

CENSORED, TOXICITY, DEATH = 0, 1, 2
"""Values of ``cause``."""


@dataclass(frozen=True)
class ToxicityTimes:
    """One observation per patient treated.

    Attributes:
        days: whole days from the first day of the first course.
        cause: what ended them: 0 nothing, 1 toxicity, 2 death without it.
        without_phase: patients left out since an event of the grade has no onset that tells acute
            from late, and none of the phase asked for has one.
        without_follow_up: patients left out since the start, or everything after it, has no day.
    """

    days: NDArray[np.int64]
    cause: NDArray[np.int64]
    without_phase: int
    without_follow_up: int


def toxicity_times(
    cohort: Cohort, found: ToxicityEvents, *, grade: int, phase: str
) -> ToxicityTimes:
    """Times to the first event of at least this grade and of this phase, among the treated."""
    events = found.counted
    severe = events[events["grade"] >= grade]
    # The earliest known onset of each patient in the phase.
    known_onset = severe["onset"].notna() & (severe["phase"] == phase)
    onsets = severe[known_onset].groupby("USUBJID")["onset"].min()
    is_unclear = (severe["phase"] == "") | ((severe["phase"] == phase) & severe["onset"].isna())
    unclear = frozenset(severe.loc[is_unclear, "USUBJID"]) - frozenset(onsets.index)
    counted = found.treated - unclear
    onset_of = onsets.to_dict()
    times = [
        _time(patient, onset_of.get(patient.pseudonym, pd.NaT))
        for patient in cohort.facts.patients
        if patient.pseudonym in counted
    ]
    known = [time for time in times if time is not None]
    return ToxicityTimes(
        days=np.array([days for days, _cause in known], dtype=np.int64),
        cause=np.array([cause for _days, cause in known], dtype=np.int64),
        without_phase=len(unclear),
        without_follow_up=len(found.treated) - len(unclear) - len(known),
    )


def _time(patient: PatientFacts, onset: pd.Timestamp) -> tuple[int, int] | None:
    """Days and cause; toxicity goes before a death on the same day."""
    start = origin_day(TimePoint.FIRST_RT_DAY, patient)
    last = last_seen(patient)
    if start is None:
        return None
    is_dead = patient.death is not None and patient.death.day is not None
    if not pd.isna(onset) and (not is_dead or last is None or onset.date() <= last):
        return max(0, (onset.date() - start.day).days), TOXICITY
    if last is None or last < start.day:
        return None
    return (last - start.day).days, DEATH if is_dead else CENSORED
