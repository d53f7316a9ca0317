"""The rows of an endpoint with the covariates by which they are grouped or modelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.cohort import Cohort
from analytics.cohort.analysis import analysis_frame
from analytics.covariates import Covariate, catalogue
from analytics.extract import TimeToEvent
from registry.models.choices import FnclccGrade
from registry.protocols.vocabulary import Unit

ORDERED_LISTS = frozenset({"ajcc_stage", "t_category", "n_category", "m_category"})
"""Covariates whose list of categories goes from the lowest to the highest."""

Members = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Level:
    """The rows in one category of a covariate."""

    code: str
    label: str
    members: Members


@dataclass(frozen=True, eq=False)
class Analysed:
    """An endpoint's rows and their covariates, read once for a whole artefact.

    Attributes:
        table: the rows with their ends.
        frame: one column per covariate, named by its code; categories hold codes.
        covariates: the covariates by code.
    """

    table: TimeToEvent
    frame: pd.DataFrame
    covariates: Mapping[str, Covariate]

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.frame)

    @property
    def patients(self) -> NDArray[np.object_] | None:
        """The patient of each lesion, as clusters; None where rows are patients."""
        if self.table.endpoint.unit is not Unit.LESION:
            return None
        return self.table.rows["USUBJID"].to_numpy(dtype=object)

    def known(self, codes: Iterable[str]) -> Members:
        """True where none of the covariates is missing."""
        known = np.ones(self.n, dtype=np.bool_)
        for code in codes:
            known &= self.frame[code].notna().to_numpy(dtype=np.bool_)
        return known

    def events(self, members: Members) -> int:
        """Events among these rows."""
        return int(self.table.event[members].sum())

    def is_ordered(self, code: str) -> bool:
        """True for categories that have an order: classes of a number, stages, known grades."""
        kind = self.frame[code].dtype
        if not isinstance(kind, pd.CategoricalDtype):
            return False
        if code == "grade":
            return FnclccGrade.GX.value not in kind.categories
        return bool(kind.ordered) or code in ORDERED_LISTS

    def levels(self, code: str, inside: Members | None = None) -> list[Level]:
        """The categories that have rows (among those ``inside``), in order; [] of a number."""
        covariate = self.covariates[code]
        if covariate.kind == "number":
            return []
        column = self.frame[code].cat
        places, place_of = column.codes.to_numpy(), {c: p for p, c in enumerate(column.categories)}
        found = []
        for value, label in covariate.categories:
            members = places == place_of.get(value, len(place_of))
            if inside is not None:
                members &= inside
            if members.any():
                found.append(Level(value, str(label), members))
        return found


def analysed(cohort: Cohort, endpoint: str, variables: Sequence[str] = ()) -> Analysed:
    """The rows of an endpoint with these covariates, each once.

    Raises:
        LookupError: the protocol has no such endpoint; names those that it has.
        CovariateError: there is no such covariate, it becomes known after the time origin, or it is
            a value of lesions and the endpoint is counted by patient.
    """
    codes = tuple(dict.fromkeys(variables))
    found = analysis_frame(cohort, endpoint, codes)
    there = catalogue(cohort) if codes else {}
    return Analysed(found.table, found.frame[list(codes)], {code: there[code] for code in codes})
