"""One patient or lesion, one endpoint: from when to when it was seen, and how that ended.

Pure: facts in, an observation or the reason why there is none out. The rules are written down for
readers in docs/analysis-plan.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from analytics.extract import words
from analytics.extract.days import Day, known_day
from analytics.extract.events import days_of, unassigned_days
from analytics.extract.facts import LesionFact, PatientFacts
from analytics.extract.origins import has_single_viable_site, origin_day
from analytics.extract.words import Reason
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import LATE_GRADES, Censoring, EventKind, Population

EVENT, CENSORED, COMPETING = 0, 1, 2
"""Values of CNSR: 0 is an event, as in CDISC ADTTE; 2 a competing event."""


@dataclass(frozen=True, slots=True)
class Observation:
    """Time from ``start`` to ``end`` and what ended it.

    ``events_before_origin`` counts events of the endpoint on record that came before the origin.
    """

    start: Day
    end: Day
    status: int
    event_words: str
    censoring_words: str
    events_before_origin: int = 0

    @property
    def days(self) -> int:
        """AVAL: whole days, 0 when it ended on the day of the origin."""
        return (self.end.day - self.start.day).days


def observe(
    endpoint: Endpoint, patient: PatientFacts, lesion: LesionFact | None = None
) -> Observation | Reason:
    """The observation of a patient (or of a lesion), or why there is none."""
    if endpoint.population is Population.SINGLE_VIABLE_SITE:
        single = has_single_viable_site(patient)
        if single is None:
            return Reason.POPULATION_UNKNOWN
        if not single:
            return Reason.OUTSIDE_POPULATION
    start = origin_day(endpoint.origin, patient, lesion)
    if start is None:
        return Reason.NO_ORIGIN
    death = death_day(patient, start)
    if death is not None and death.day < start.day:
        return Reason.DEATH_BEFORE_ORIGIN

    events = happened(endpoint.events, patient, lesion, start, death)
    competing = happened(endpoint.competing, patient, lesion, start, death)
    if events.first is None and events.is_undated:
        is_late = any(kind in LATE_GRADES for kind in endpoint.events)
        return Reason.MAYBE_LATE if is_late else Reason.UNDATED_EVENT
    if events.first is None and events.is_unassigned:
        return Reason.UNASSIGNED_EVENT

    event, other = events.first, competing.first
    ended: tuple[Day, int, str, str]
    # On one day the event goes before the competing event, and both before a censoring.
    if event is not None and (other is None or event.on.day <= other.on.day):
        ended = event.on, EVENT, words.EVENT_WORDS[event.kind], ""
    elif other is not None:
        ended = other.on, COMPETING, words.EVENT_WORDS[other.kind], words.AT_COMPETING_EVENT
    else:
        last, why = _last_seen(endpoint.censoring, patient, start, death)
        if last is None:
            return Reason.NO_FOLLOW_UP
        if last.day < start.day:
            return Reason.FOLLOW_UP_BEFORE_ORIGIN
        ended = last, CENSORED, words.CENSORED, why
    seen = Observation(start, *ended, events.before_origin)
    return _up_to_horizon(seen, endpoint.horizon_days)


class Event(NamedTuple):
    """An event and the day that stands for it."""

    on: Day
    kind: EventKind


@dataclass(frozen=True, slots=True)
class Happened:
    """What is on record of some kinds of events.

    Attributes:
        first: the first from the origin on, up to death; the first kind named goes first on a day.
        is_undated: one has no date.
        is_unassigned: one may be of this lesion or of another.
        before_origin: how many came before the origin.
    """

    first: Event | None
    is_undated: bool
    is_unassigned: bool
    before_origin: int


def happened(
    kinds: Iterable[EventKind],
    patient: PatientFacts,
    lesion: LesionFact | None,
    start: Day,
    death: Day | None,
) -> Happened:
    """The events of these kinds as seen from an origin; partial dates are placed by the rule."""
    latest = latest_day(patient, death)
    dated: list[Event] = []
    is_undated = is_unassigned = False
    before_origin = 0
    for kind in kinds:
        is_death = kind in (EventKind.DEATH_ANY, EventKind.DEATH_DISEASE)
        for on in days_of(kind, patient, lesion):
            if on is None:
                is_undated = True
                continue
            day = death if is_death and death else on.within(start.day, latest)
            if day.day < start.day:
                before_origin += 1
            elif death is None or day.day <= death.day:
                dated.append(Event(day, kind))
        if lesion is not None:
            is_unassigned |= any(
                on is None or on.within(start.day, latest).day >= start.day
                for on in unassigned_days(kind, patient)
            )
    first = min(dated, key=lambda event: event.on.day, default=None)
    return Happened(first, is_undated, is_unassigned, before_origin)


def latest_day(patient: PatientFacts, death: Day | None) -> dt.date | None:
    """Beyond it no imputed day is moved: death, or of the living a known last contact."""
    contact = patient.last_contact
    return death.day if death else contact.day if contact and not contact.flag else None


def death_day(patient: PatientFacts, start: Day) -> Day | None:
    """The day of death; an imputed one is not before the origin nor before the last contact."""
    if patient.death is None or patient.death.day is None:
        return None
    alive = start.day
    contact = patient.last_contact
    if contact is not None and not contact.flag:
        alive = max(alive, contact.day)
    return patient.death.day.within(alive, None)


def _last_seen(
    rule: Censoring, patient: PatientFacts, start: Day, death: Day | None
) -> tuple[Day | None, str]:
    """The day up to which the rule knows that there was no event, and what happened on it."""
    if rule is Censoring.LAST_FOLLOW_UP:
        if death is not None:
            return death, words.AT_DEATH
        last = patient.last_contact
    elif rule is Censoring.LAST_IMAGING:
        last = patient.last_imaging
    else:
        last = patient.last_local_imaging
    if last is not None:
        last = last.within(start.day, death.day if death else None)
    return last, words.CENSORING_WORDS[rule]


def _up_to_horizon(seen: Observation, horizon_days: int | None) -> Observation:
    if horizon_days is None or seen.days <= horizon_days:
        return seen
    end = known_day(seen.start.day + dt.timedelta(days=horizon_days))
    return Observation(
        seen.start, end, CENSORED, words.CENSORED, words.AT_HORIZON, seen.events_before_origin
    )
