"""The rows that a snapshot is made of, as frames: one file each."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.cohort import Cohort
from analytics.covariates import catalogue
from analytics.covariates.catalogue import values_of
from analytics.extract import TimeToEvent
from analytics.extract.table import COLUMNS, table_of
from registry.protocols.vocabulary import Unit

ADTTE = "adtte"


def tables_of(cohort: Cohort) -> list[TimeToEvent]:
    """The time-to-event table of every endpoint of the protocol."""
    return [table_of(cohort.facts, endpoint) for endpoint in cohort.protocol.endpoints]


def frames_of(cohort: Cohort, tables: Sequence[TimeToEvent]) -> dict[str, pd.DataFrame]:
    """Name of the file without its ending → frame.

    Patients and lesions have their covariates beside the recorded values, also those that people
    of the study have made.
    """
    rows = [table.rows for table in tables if len(table.rows)]
    empty = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    return {
        ADTTE: pd.concat(rows, ignore_index=True) if rows else empty,
        "patients": _with_covariates(cohort, Unit.PATIENT),
        "lesions": _with_covariates(cohort, Unit.LESION),
        "courses": cohort.courses,
        "targets": cohort.targets,
        "dose_metrics": cohort.dose_metrics,
        "toxicities": cohort.toxicities,
        "progressions": cohort.progressions,
        "losses": cohort.losses,
        "screenings": cohort.screenings,
    }


def _with_covariates(cohort: Cohort, unit: Unit) -> pd.DataFrame:
    frame = cohort.lesions if unit is Unit.LESION else cohort.patients
    groupings = {
        code: values_of(cohort, one, unit)
        for code, one in catalogue(cohort).items()
        if one.cut is not None and (one.level == "patient" or unit is Unit.LESION)
    }
    return pd.concat([frame, pd.DataFrame(groupings, index=frame.index)], axis="columns")
