"""Which adverse events count, and in how many patients: the arithmetic of the toxicity tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.cohort import Cohort
from analytics.extract.facts import PatientFacts
from analytics.extract.origins import origin_day
from registry.protocols.types import AcuteBorder
from registry.terminology.ctcae import key

GRADES = (1, 2, 3, 4, 5)


@dataclass(frozen=True, eq=False)
class ToxicityEvents:
    """The adverse events of the patients treated.

    Attributes:
        treated: pseudonyms of the patients with a course that has begun, of the regions asked for.
        followed: those of them known to be alive, or seen with late toxicity, after the border
            between acute and late; None under a protocol without such a border.
        counted: the events that count, with the columns of ``TOXICITIES``.
        before_rt: events left out since they were present before radiotherapy.
        other_attribution: events left out by their attribution.
    """

    treated: frozenset[str]
    followed: frozenset[str] | None
    counted: pd.DataFrame
    before_rt: pd.DataFrame
    other_attribution: pd.DataFrame


def toxicity_events(
    cohort: Cohort,
    *,
    terms: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    attribution: Sequence[str] | None = None,
) -> ToxicityEvents:
    """The events of a cohort that a toxicity table counts.

    Args:
        terms: CTCAE terms, in any spelling of case; None for all.
        regions: codes of the regions (list region_site) of the primary; None for all patients.
        attribution: codes of the attributions that count, "" for not stated; None for all.
    """
    patients = cohort.patients
    if regions is not None:
        patients = patients[patients["site_region"].isin(list(regions))]
    treated = frozenset(patients["USUBJID"]) & frozenset(cohort.courses["USUBJID"])
    events = cohort.toxicities[cohort.toxicities["USUBJID"].isin(list(treated))]
    if terms is not None:
        wanted = {key(term) for term in terms}
        events = events[events["term"].map(key).isin(wanted)]
    is_baseline = events["present_before_rt"] == "yes"
    new = events[~is_baseline]
    counted = new if attribution is None else new[new["attribution"].isin(list(attribution))]
    late = frozenset(counted.loc[counted["phase"] == "late", "USUBJID"])
    border = cohort.protocol.toxicity.acute
    return ToxicityEvents(
        treated=treated,
        followed=None if border is None else _followed(cohort, border, treated) | late,
        counted=counted,
        before_rt=events[is_baseline],
        other_attribution=new.drop(counted.index),
    )


def worst_grades(events: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """One row per patient (and per value of the columns ``by``) with the worst grade there."""
    keys = ["USUBJID", *by]
    return events.groupby(keys, sort=False)["grade"].max().reset_index()


def grade_counts(grades: pd.Series) -> list[int]:
    """How many are of grade 1, 2, 3, 4, 5, of any grade, at least 2, at least 3."""
    exact = [int((grades == grade).sum()) for grade in GRADES]
    return [*exact, len(grades), int((grades >= 2).sum()), int((grades >= 3).sum())]


def last_seen(patient: PatientFacts) -> dt.date | None:
    """The day of death, else of the last contact; None where neither is on file."""
    if patient.death is not None and patient.death.day is not None:
        return patient.death.day.day
    return patient.last_contact.day if patient.last_contact else None


def seen_beyond(patient: PatientFacts, border: AcuteBorder) -> bool:
    """True of a patient known to be alive, or to have died, after the border of acute toxicity."""
    anchor, seen = origin_day(border.anchor, patient), last_seen(patient)
    if anchor is None or seen is None:
        return False
    return seen > border.last_acute_day(anchor.day)


def _followed(cohort: Cohort, border: AcuteBorder, treated: frozenset[str]) -> frozenset[str]:
    return frozenset(
        patient.pseudonym
        for patient in cohort.facts.patients
        if patient.pseudonym in treated and seen_beyond(patient, border)
    )
