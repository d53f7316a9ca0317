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
from registry.protocols.vocabulary import Unit

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
        return self.frame[list(codes)].notna().all(axis=1).to_numpy(dtype=np.bool_)

    def events(self, members: Members) -> int:
        """Events among these rows."""
        return int(self.table.event[members].sum())

    def is_ordered(self, code: str) -> bool:
        """True for categories that have an order, such as grades."""
        kind = self.frame[code].dtype
        return isinstance(kind, pd.CategoricalDtype) and bool(kind.ordered)

    def levels(self, code: str, inside: Members | None = None) -> list[Level]:
        """The categories that have rows (among those ``inside``), in order; [] of a number."""
        covariate = self.covariates[code]
        if covariate.kind == "number":
            return []
        column = self.frame[code]
        found = []
        for value, label in covariate.categories:
            members = (column == value).to_numpy(dtype=np.bool_, na_value=False)
            if inside is not None:
                members &= inside
            if members.any():
                found.append(Level(value, str(label), members))
        return found


def analysed(cohort: Cohort, endpoint: str, variables: Sequence[str] = ()) -> Analysed:
    """The rows of an endpoint with these covariates.

    Raises:
        LookupError: the protocol has no such endpoint, or there is no such covariate; the message
            names those that there are.
    """
    known = catalogue(cohort)
    for code in variables:
        if code not in known:
            raise LookupError(
                f"variables: there is no covariate {code!r}; there are {', '.join(sorted(known))}"
            )
    found = analysis_frame(cohort, endpoint, tuple(dict.fromkeys(variables)))
    return Analysed(
        found.table, found.frame[list(dict.fromkeys(variables))], {v: known[v] for v in variables}
    )
