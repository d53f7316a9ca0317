"""The rows of an endpoint with the covariates by which they are grouped or modelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.cohort import Cohort
from analytics.cohort.analysis import analysis_frame
from analytics.covariates import Covariate, CovariateError, catalogue
from analytics.extract import TimeToEvent
from analytics.later.began import days_begun
from analytics.later.pieces import LANDMARK_ENTRY, ORIGIN_ENTRY, Pieces, pieces_of
from analytics.later.values import in_time, state_of, yes_no
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

    With time-dependent states the rows are cut where these begin: the frame and all arrays then
    have one place per piece.

    Attributes:
        table: the rows with their ends, whole.
        frame: one column per covariate, named by its code; categories hold codes.
        covariates: the covariates by code.
        pieces: how the rows are cut; None where they are whole.
    """

    table: TimeToEvent
    frame: pd.DataFrame
    covariates: Mapping[str, Covariate]
    pieces: Pieces | None = None

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.table.rows)

    @property
    def days(self) -> NDArray[np.int64]:
        """The day on which each row, or piece, ends."""
        return self.table.days if self.pieces is None else self.pieces.stop

    @property
    def entry(self) -> NDArray[np.int64] | None:
        """The day after which each piece is under observation; None where rows are whole."""
        return None if self.pieces is None else self.pieces.start

    @property
    def event(self) -> NDArray[np.bool_]:
        """True where it ends with an event of the endpoint."""
        return self._ended(self.table.event)

    @property
    def competing(self) -> NDArray[np.bool_]:
        """True where it ends with a competing event."""
        return self._ended(self.table.competing)

    @property
    def patients(self) -> NDArray[np.object_] | None:
        """The patient of each lesion, as clusters; None where rows are patients."""
        if self.table.endpoint.unit is not Unit.LESION:
            return None
        patients = self.table.rows["USUBJID"].to_numpy(dtype=object)
        return patients if self.pieces is None else patients[self.pieces.row]

    def count(self, members: Members) -> int:
        """How many rows these are, or these are pieces of."""
        if self.pieces is None:
            return int(members.sum())
        return int(np.unique(self.pieces.row[members]).size)

    def known(self, codes: Iterable[str]) -> Members:
        """True where none of the covariates is missing."""
        known = np.ones(len(self.frame), dtype=np.bool_)
        for code in codes:
            known &= self.frame[code].notna().to_numpy(dtype=np.bool_)
        return known

    def events(self, members: Members) -> int:
        """Events among these rows."""
        return int(self.event[members].sum())

    def _ended(self, status: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """What is true of the ends of rows, for pieces: of the last one of each."""
        return status if self.pieces is None else status[self.pieces.row] & self.pieces.is_last

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


def analysed(
    cohort: Cohort, endpoint: str, variables: Sequence[str] = (), *, later: Sequence[str] = ()
) -> Analysed:
    """The rows of an endpoint with these covariates, each once.

    Args:
        later: codes of states that begin after the origin, or the landmark: as time-dependent
            covariates, behind the others. The rows are cut where they begin.

    Raises:
        LookupError: the protocol has no such endpoint; names those that it has.
        CovariateError: there is no such covariate, it becomes known after the time origin, or it is
            a value of lesions and the endpoint is counted by patient; or there is no such state, it
            does not fit the endpoint, or it is among the covariates too.
    """
    codes = tuple(dict.fromkeys(variables))
    found = analysis_frame(cohort, endpoint, codes)
    there = catalogue(cohort) if codes else {}
    frame, covariates = found.frame[list(codes)], {code: there[code] for code in codes}
    if not later:
        return Analysed(found.table, frame, covariates)
    states = {code: state_of(code, found.table.endpoint) for code in later}
    twice = [str(state.label) for code, state in states.items() if code in covariates]
    if twice:
        raise CovariateError(
            _("%(states)s: either as at the landmark or as time-dependent, not both.")
            % {"states": ", ".join(twice)}
        )
    pieces = pieces_of(
        found.table.days,
        {code: days_begun(state, cohort.facts, found.table) for code, state in states.items()},
        entry=ORIGIN_ENTRY if found.table.landmark is None else LANDMARK_ENTRY,
    )
    frame = frame.iloc[pieces.row].reset_index(drop=True)
    for code, begun in pieces.states.items():
        frame[code] = yes_no(begun)
        covariates[code] = in_time(states[code])
    return Analysed(found.table, frame, covariates, pieces)
