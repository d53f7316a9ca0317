"""A part of a cohort, chosen by conditions."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

import pandas as pd

from analytics.cohort.cohort import Cohort
from analytics.covariates.catalogue import catalogue, values_of
from analytics.covariates.conditions import Condition
from analytics.covariates.covariate import Covariate, find_covariate
from analytics.extract.facts import PatientFacts, StudyFacts
from registry.protocols.vocabulary import Unit


def subset(cohort: Cohort, conditions: Sequence[Condition]) -> Cohort:
    """The patients and lesions that fulfil every condition, in all frames and in the facts.

    A condition on patients keeps patients with all that is theirs. Conditions on lesions keep the
    lesions that fulfil all of them, and the patients of such lesions; endpoints counted on
    patients still count all of a kept patient.

    Raises:
        CovariateError: no such covariate, or a condition that does not fit it.
    """
    if not conditions:
        return cohort
    there = catalogue(cohort)
    pairs = [(condition, find_covariate(there, condition.covariate)) for condition in conditions]
    on_lesions = [pair for pair in pairs if pair[1].level == "lesion"]
    on_patients = [pair for pair in pairs if pair[1].level == "patient"]

    patients = cohort.patients[_all(cohort, on_patients, Unit.PATIENT)]
    lesions = cohort.lesions[cohort.lesions["USUBJID"].isin(patients["USUBJID"])]
    if on_lesions:
        lesions = lesions[_all(cohort, on_lesions, Unit.LESION).loc[lesions.index]]
        patients = patients[patients["USUBJID"].isin(lesions["USUBJID"])]
    kept = set(patients["USUBJID"])
    return replace(
        of_patients(cohort, kept),
        facts=_facts(cohort.facts, kept, lesions if on_lesions else None),
        lesions=lesions.reset_index(drop=True),
        subset=(*cohort.subset, *(condition.words(one) for condition, one in pairs)),
    )


def of_patients(cohort: Cohort, kept: AbstractSet[str]) -> Cohort:
    """The patients of these pseudonyms with all that is theirs; nothing is said of it."""
    return replace(
        cohort,
        facts=_facts(cohort.facts, kept, None),
        patients=_rows(cohort.patients, kept),
        lesions=_rows(cohort.lesions, kept),
        courses=_rows(cohort.courses, kept),
        targets=_rows(cohort.targets, kept),
        dose_metrics=_rows(cohort.dose_metrics, kept),
        toxicities=_rows(cohort.toxicities, kept),
        progressions=_rows(cohort.progressions, kept),
        losses=_rows(cohort.losses, kept),
        screenings=_rows(cohort.screenings, kept),
    )


def _all(cohort: Cohort, pairs: Sequence[tuple[Condition, Covariate]], unit: Unit) -> pd.Series:
    frame = cohort.lesions if unit is Unit.LESION else cohort.patients
    holds = pd.Series(True, index=frame.index)
    for condition, one in pairs:
        holds &= condition.holds(one, values_of(cohort, one, unit))
    return holds


def _rows(frame: pd.DataFrame, kept: AbstractSet[str]) -> pd.DataFrame:
    return frame[frame["USUBJID"].isin(kept)].reset_index(drop=True)


def _facts(facts: StudyFacts, kept: AbstractSet[str], lesions: pd.DataFrame | None) -> StudyFacts:
    patients = [patient for patient in facts.patients if patient.pseudonym in kept]
    if lesions is not None:
        chosen = set(zip(lesions["USUBJID"], lesions["LESID"], strict=True))
        patients = [_with_lesions(patient, chosen) for patient in patients]
    return replace(facts, patients=tuple(patients))


def _with_lesions(patient: PatientFacts, chosen: set[tuple[str, str]]) -> PatientFacts:
    """The patient with the lesions left out of the counting, and still known: a failure that
    names no lesion may be theirs."""
    left_out = frozenset(
        lesion.id
        for lesion in patient.lesions.values()
        if (patient.pseudonym, str(lesion.number)) not in chosen
    )
    return replace(patient, left_out=patient.left_out | left_out)
