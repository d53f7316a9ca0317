"""The time-to-event table of an endpoint with values of its patients or lesions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.cohort.cohort import Cohort
from analytics.covariates.catalogue import catalogue, values_of
from analytics.covariates.covariate import find_covariate
from analytics.extract import TimeToEvent
from registry.protocols.vocabulary import Unit


@dataclass(frozen=True, eq=False)
class AnalysisFrame:
    """What a test or a model of an endpoint works on.

    Attributes:
        table: the endpoint's rows, and who is not among them.
        frame: the rows of the table in the same order, with one column per covariate more.
    """

    table: TimeToEvent
    frame: pd.DataFrame


def analysis_frame(
    cohort: Cohort, endpoint_code: str, covariates: Sequence[str] = ()
) -> AnalysisFrame:
    """The table of an endpoint with these covariates as columns; asks the database nothing.

    Categories that none of the rows has are left out of a column, so that the first one left is
    a reference that exists.

    Raises:
        LookupError: the protocol has no such endpoint; names those that it has.
        CovariateError: no such covariate, one that becomes known after the time origin, or a
            value of lesions for an endpoint counted on patients.
    """
    endpoint = cohort.protocol.endpoint(endpoint_code)
    table = cohort.table_of(endpoint)
    there = catalogue(cohort)
    if endpoint.unit is Unit.LESION:
        source, keys = cohort.lesions, ["USUBJID", "LESID"]
    else:
        source, keys = cohort.patients, ["USUBJID"]
    columns = {
        code: values_of(cohort, find_covariate(there, code), endpoint.unit) for code in covariates
    }
    beside = pd.concat([source[keys], pd.DataFrame(columns)], axis="columns")
    frame = table.rows.merge(beside, on=keys, how="left", validate="1:1")
    for code in covariates:
        if isinstance(frame[code].dtype, pd.CategoricalDtype):
            frame[code] = frame[code].cat.remove_unused_categories()
    return AnalysisFrame(table, frame)
