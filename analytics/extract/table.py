"""The time-to-event table of an endpoint, with CDISC ADTTE column names."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.estimators import landmark as under_observation
from analytics.extract.facts import LesionFact, PatientFacts, StudyFacts
from analytics.extract.landmark import LandmarkTime
from analytics.extract.numbers import Numbers
from analytics.extract.read import read_facts
from analytics.extract.rules import CENSORED, COMPETING, EVENT, Observation, observe
from analytics.extract.words import AT_DEATH, Reason
from registry.models import Study
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Unit

COLUMNS = {
    "STUDYID": "str",
    "SITEID": "str",
    "USUBJID": "str",
    "LESID": "str",
    "PARAMCD": "str",
    "STARTDT": "datetime64[s]",
    "STARTDTF": "str",
    "ADT": "datetime64[s]",
    "ADTF": "str",
    "AVAL": "int64",
    "CNSR": "int64",
    "EVNTDESC": "str",
    "CNSDTDSC": "str",
}
"""Columns of the table in their order, with their types."""

_UP_TO_LANDMARK = {
    EVENT: Reason.EVENT_BEFORE_LANDMARK,
    CENSORED: Reason.CENSORED_BEFORE_LANDMARK,
    COMPETING: Reason.COMPETING_BEFORE_LANDMARK,
}


@dataclass(frozen=True)
class Excluded:
    """A patient or lesion of the study that is not in the table; ``lesion`` is "" for a patient."""

    centre: str
    pseudonym: str
    lesion: str
    reason: Reason


@dataclass(frozen=True, eq=False)
class TimeToEvent:
    """The table of an endpoint and what is not in it.

    Attributes:
        rows: one row per patient or treated lesion. STUDYID study key, SITEID code of the centre,
            USUBJID pseudonym, LESID number of the lesion ("" by patient), PARAMCD endpoint,
            STARTDT time origin, ADT end of observation, STARTDTF and ADTF what was imputed of them
            ("", "D" the day, "M" month and day), AVAL = ADT - STARTDT in whole days, CNSR 0 event,
            1 censored, 2 competing event, EVNTDESC what happened, CNSDTDSC what the day of a row
            without event is.
        excluded: everybody else of the study, with the reason.
        before_origin: of each row, how many events of the endpoint on record came before its time
            origin and therefore do not count.
        landmark: the time from which the rows count, where it is not the time origin.
    """

    endpoint: Endpoint
    data_cut: dt.date | None
    rows: pd.DataFrame
    excluded: tuple[Excluded, ...]
    before_origin: NDArray[np.int64]
    landmark: LandmarkTime | None = None

    @property
    def events_before_origin(self) -> int:
        """Events of the endpoint that do not count since they came before the time origin."""
        return int(self.before_origin.sum())

    @property
    def numbers(self) -> Numbers:
        """What is said of the table in words."""
        return Numbers(
            endpoint=self.endpoint,
            n=len(self.rows),
            events=int(self.event.sum()),
            competing_events=int(self.competing.sum()),
            excluded=Counter(one.reason for one in self.excluded),
            latest_day=self.rows["ADT"].max().date() if len(self.rows) else None,
            landmark=self.landmark,
        )

    @property
    def days(self) -> NDArray[np.int64]:
        """AVAL as an array."""
        return self.rows["AVAL"].to_numpy(dtype=np.int64)

    @property
    def event(self) -> NDArray[np.bool_]:
        """True where the row ends with an event of the endpoint."""
        return np.equal(self._status, EVENT)

    @property
    def competing(self) -> NDArray[np.bool_]:
        """True where the row ends with a competing event."""
        return np.equal(self._status, COMPETING)

    @property
    def event_or_death(self) -> NDArray[np.bool_]:
        """True where something other than the end of follow-up ends the row."""
        at_death = (self.rows["CNSDTDSC"] == AT_DEATH).to_numpy(dtype=np.bool_)
        return np.not_equal(self._status, CENSORED) | at_death

    def from_landmark(self, landmark: LandmarkTime) -> TimeToEvent:
        """The rows still under observation after the landmark, with time counted from it.

        STARTDT is the landmark; whose event or censoring came up to and including it is excluded.
        """
        if not len(self.rows):
            return replace(self, landmark=landmark)
        after = under_observation(self.days, self.event, landmark.day)
        rows = self.rows[after.selected].reset_index(drop=True)
        rows["STARTDT"] += pd.Timedelta(days=landmark.day)
        rows["AVAL"] = after.days
        left = self.rows[~after.selected]
        excluded = (
            Excluded(centre, pseudonym, lesion, _UP_TO_LANDMARK[status])
            for centre, pseudonym, lesion, status in zip(
                left["SITEID"], left["USUBJID"], left["LESID"], left["CNSR"], strict=True
            )
        )
        return replace(
            self,
            rows=rows.astype(COLUMNS),
            excluded=(*self.excluded, *excluded),
            before_origin=self.before_origin[after.selected],
            landmark=landmark,
        )

    @property
    def _status(self) -> NDArray[np.int64]:
        return self.rows["CNSR"].to_numpy(dtype=np.int64)


def time_to_event(
    study: Study, endpoint: Endpoint, *, data_cut: dt.date | None = None
) -> TimeToEvent:
    """The table of an endpoint over the patients that the scope in force shows.

    Errors as for :func:`times_to_events`.
    """
    return times_to_events(study, [endpoint], data_cut=data_cut)[0]


def times_to_events(
    study: Study, endpoints: Sequence[Endpoint], *, data_cut: dt.date | None = None
) -> list[TimeToEvent]:
    """The tables of several endpoints from one reading of the facts.

    Raises:
        ValueError: a data cut for a study whose dates are relative.
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    facts = read_facts(study, data_cut)
    return [table_of(facts, endpoint) for endpoint in endpoints]


def table_of(facts: StudyFacts, endpoint: Endpoint) -> TimeToEvent:
    """The table of an endpoint from facts that were read before."""
    rows: list[tuple[object, ...]] = []
    excluded: list[Excluded] = []
    before_origin: list[int] = []
    for patient, lesion, seen in observations(facts, endpoint):
        lesion_number = str(lesion.number) if lesion else ""
        if isinstance(seen, Reason):
            excluded.append(Excluded(patient.centre, patient.pseudonym, lesion_number, seen))
            continue
        before_origin.append(seen.events_before_origin)
        rows.append(
            (
                facts.study_key,
                patient.centre,
                patient.pseudonym,
                lesion_number,
                endpoint.code,
                seen.start.day,
                seen.start.flag,
                seen.end.day,
                seen.end.flag,
                seen.days,
                seen.status,
                seen.event_words,
                seen.censoring_words,
            )
        )
    return TimeToEvent(
        endpoint=endpoint,
        data_cut=facts.data_cut,
        rows=pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS),
        excluded=tuple(excluded),
        before_origin=np.array(before_origin, dtype=np.int64),
    )


def observations(
    facts: StudyFacts, endpoint: Endpoint
) -> Iterator[tuple[PatientFacts, LesionFact | None, Observation | Reason]]:
    """Every patient or lesion that the endpoint could count, with what was seen of it."""
    for patient in facts.patients:
        if endpoint.unit is Unit.PATIENT:
            yield patient, None, observe(endpoint, patient)
            continue
        if not patient.lesions:
            yield patient, None, Reason.NO_LESION
        for lesion in sorted(patient.lesions.values(), key=lambda row: row.number):
            if lesion.id in patient.left_out:
                continue
            treated = bool(lesion.course_ids)
            seen = observe(endpoint, patient, lesion) if treated else Reason.NOT_TREATED
            yield patient, lesion, seen
