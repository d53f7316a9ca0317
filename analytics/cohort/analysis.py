"""The time-to-event table of an endpoint with values of its patients or lesions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.cohort.cohort import Cohort
from analytics.covariates.catalogue import catalogue, values_of
from analytics.covariates.covariate import find_covariate
from analytics.extract import TimeToEvent
from analytics.later.began import days_begun
from analytics.later.values import state_of, yes_no
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
    a reference that exists. Of states that begin later a column says whether they had begun by the
    landmark of the cohort.

    Raises:
        LookupError: the protocol has no such endpoint; names those that it has.
        CovariateError: no such covariate, one that becomes known after the time origin, a state
            that does not fit the endpoint, or a value of lesions for one counted on patients.
    """
    endpoint = cohort.protocol.endpoint(endpoint_code)
    table = cohort.table_of(endpoint)
    there = catalogue(cohort)
    if endpoint.unit is Unit.LESION:
        source, keys = cohort.lesions, ["USUBJID", "LESID"]
    else:
        source, keys = cohort.patients, ["USUBJID"]
    chosen = [find_covariate(there, code) for code in covariates]
    columns = {
        one.code: values_of(cohort, one, endpoint.unit) for one in chosen if not one.is_later
    }
    beside = pd.concat([source[keys], pd.DataFrame(columns)], axis="columns")
    frame = table.rows.merge(beside, on=keys, how="left", validate="1:1")
    for code in columns:
        if isinstance(frame[code].dtype, pd.CategoricalDtype):
            frame[code] = frame[code].cat.remove_unused_categories()
    for one in chosen:
        if one.is_later:
            begun = days_begun(state_of(one.code, endpoint), cohort.facts, table)
            frame[one.code] = yes_no(np.where(np.isnan(begun), np.nan, begun <= 0))
    return AnalysisFrame(table, frame)
