"""What an analysis works on: the patients of a study at a data cut, in frames of plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from analytics.extract.facts import StudyFacts
from analytics.extract.landmark import LandmarkTime
from analytics.extract.table import TimeToEvent, table_of
from registry.protocols.types import Endpoint, Protocol

if TYPE_CHECKING:
    from analytics.covariates.own import OwnCovariate


@dataclass(frozen=True, eq=False)
class Cohort:
    """A study as far as the reader sees it, read once (see :mod:`analytics.cohort.read`).

    The frames hold what :mod:`analytics.cohort.columns` lists. They are not written to.

    Attributes:
        study_key, study_title: as on the study.
        protocol: of the version in force, which defines endpoints, dose language and α/β.
        protocol_version: its number.
        data_cut: last day whose facts count, None for all facts.
        is_synthetic: made for demonstration; said on every artefact.
        dates_are_relative: the calendar of the study means nothing.
        facts: what endpoints are made of.
        patients, lesions, courses, targets, dose_metrics, toxicities, progressions, losses,
            screenings: the frames.
        covariates: groupings that people of the study have made.
        subset: the conditions in words by which patients were chosen, () for all.
        landmark: the time after the origin from which endpoints count; None for the origin itself.
    """

    study_key: str
    study_title: str
    protocol: Protocol
    protocol_version: int
    data_cut: dt.date | None
    is_synthetic: bool
    dates_are_relative: bool
    facts: StudyFacts
    patients: pd.DataFrame
    lesions: pd.DataFrame
    courses: pd.DataFrame
    targets: pd.DataFrame
    dose_metrics: pd.DataFrame
    toxicities: pd.DataFrame
    progressions: pd.DataFrame
    losses: pd.DataFrame
    screenings: pd.DataFrame
    covariates: tuple[OwnCovariate, ...] = ()
    subset: tuple[str, ...] = ()
    landmark: LandmarkTime | None = None
    _tables: dict[Endpoint, TimeToEvent] = field(init=False, repr=False, default_factory=dict)

    def table_of(self, endpoint: Endpoint) -> TimeToEvent:
        """The rows of an endpoint; made once, since most artefacts ask for them. Not written to."""
        if endpoint not in self._tables:
            table = table_of(self.facts, endpoint)
            if self.landmark is not None:
                table = table.from_landmark(self.landmark)
            self._tables[endpoint] = table
        return self._tables[endpoint]
