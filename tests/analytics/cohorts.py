"""Cohorts typed by hand, for tests of the tables; a column not given holds what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from analytics.cohort import Cohort
from analytics.cohort import columns as schema
from analytics.covariates.own import OwnCovariate
from analytics.extract.facts import StudyFacts
from registry.protocols import preset

Rows = Sequence[dict[str, Any]]


def frame(rows: Rows, columns: dict[str, str]) -> pd.DataFrame:
    """A frame with exactly these columns; a key that is none of them is a mistake of the test."""
    unknown = {key for row in rows for key in row} - set(columns)
    if unknown:
        raise KeyError(f"no such column: {', '.join(sorted(unknown))}")
    empty: dict[str, Any] = {"str": "", "float64": float("nan"), "datetime64[s]": pd.NaT}
    filled = [{key: row.get(key, empty[kind]) for key, kind in columns.items()} for row in rows]
    return pd.DataFrame(filled, columns=list(columns)).astype(columns)


def make_cohort(
    *,
    protocol: str = "jinling",
    patients: Rows = (),
    lesions: Rows = (),
    courses: Rows = (),
    targets: Rows = (),
    dose_metrics: Rows = (),
    toxicities: Rows = (),
    progressions: Rows = (),
    losses: Rows = (),
    screenings: Rows = (),
    facts: StudyFacts | None = None,
    data_cut: dt.date | None = None,
    covariates: tuple[OwnCovariate, ...] = (),
) -> Cohort:
    """A cohort under a shipped protocol; patients without a pseudonym are named P1, P2, …"""
    named = [{"USUBJID": f"P{place}", "SITEID": "A"} | row for place, row in enumerate(patients, 1)]
    definition = preset(protocol)
    return Cohort(
        study_key=protocol,
        study_title=definition.title,
        protocol=definition,
        protocol_version=1,
        data_cut=data_cut,
        is_synthetic=True,
        dates_are_relative=False,
        facts=facts or StudyFacts(protocol, data_cut, ()),
        patients=frame(named, schema.PATIENTS),
        lesions=frame(lesions, schema.LESIONS),
        courses=frame(courses, schema.COURSES),
        targets=frame(targets, schema.TARGETS),
        dose_metrics=frame(dose_metrics, schema.DOSE_METRICS),
        toxicities=frame(toxicities, schema.TOXICITIES),
        progressions=frame(progressions, schema.PROGRESSIONS),
        losses=frame(losses, schema.LOSSES),
        screenings=frame(screenings, schema.SCREENINGS),
        covariates=covariates,
    )
