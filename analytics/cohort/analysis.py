"""The time-to-event table of an endpoint with values of its patients or lesions beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.cohort.cohort import Cohort
from analytics.extract import TimeToEvent
from analytics.extract.table import table_of
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

    Raises:
        LookupError: the protocol has no such endpoint; names those that it has.
        KeyError: no such column.
    """
    endpoint = cohort.protocol.endpoint(endpoint_code)
    table = table_of(cohort.facts, endpoint)
    keys = ["USUBJID", "LESID"] if endpoint.unit is Unit.LESION else ["USUBJID"]
    source = cohort.lesions if endpoint.unit is Unit.LESION else cohort.patients
    columns = {code: source[code] for code in covariates}
    beside = pd.DataFrame({**{key: source[key] for key in keys}, **columns})
    frame = table.rows.merge(beside, on=keys, how="left", validate="1:1")
    return AnalysisFrame(table, frame)
