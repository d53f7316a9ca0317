"""Why and when each row of an endpoint ended, and where that is doubtful.

A curve is no better than its censoring: somebody counted as free of local failure may only not
have been looked at. The audit names such rows; it changes none of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.extract.audit_limits import AuditLimits
from analytics.extract.days import Day
from analytics.extract.events import days_of
from analytics.extract.facts import LesionFact, PatientFacts, StudyFacts
from analytics.extract.rules import CENSORED, EVENT, Observation
from analytics.extract.table import observations
from analytics.extract.words import AT_HORIZON, EVENT_WORDS, Reason
from registry.protocols.calendar import MEAN_MONTH_DAYS
from registry.protocols.types import Endpoint, Protocol
from registry.protocols.vocabulary import EventKind
from registry.templatetags.values import day_text

_FOUND_LOCALLY = frozenset({EventKind.LOCAL_PROGRESSION, EventKind.IN_FIELD_PROGRESSION})
_FOUND_BY_IMAGING = _FOUND_LOCALLY | {
    EventKind.REGIONAL_PROGRESSION,
    EventKind.DISTANT_PROGRESSION,
    EventKind.ANY_PROGRESSION,
    EventKind.OUT_OF_FIELD_PROGRESSION,
}
_DEATH_WORDS = frozenset({EVENT_WORDS[EventKind.DEATH_ANY], EVENT_WORDS[EventKind.DEATH_DISEASE]})


class Doubt(TextChoices):
    """What is doubtful about how a row ended."""

    IMAGING_LONG_AGO = "imaging_long_ago", gettext_lazy("followed long after the last imaging")
    NEVER_IMAGED = "never_imaged", gettext_lazy("no imaging since the time origin")
    NOT_SEEN_SINCE = "not_seen_since", gettext_lazy("last contact long before the data cut")
    NO_TIME = "no_time", gettext_lazy("no follow-up after the day of the origin")
    IMPUTED = "imputed", gettext_lazy("day not known exactly")
    AFTER_CONTACT = "after_contact", gettext_lazy("event after the last contact")
    SAME_DAY = "same_day", gettext_lazy("event and competing event on one day")
    UNDATED = "undated", gettext_lazy("event or death recorded without a date")
    UNASSIGNED = "unassigned", gettext_lazy("local failure that names no lesion")
    SEEN_AFTER_DEATH = "seen_after_death", gettext_lazy("contact after death")


@dataclass(frozen=True, slots=True)
class CensoringLine:
    """How one patient or lesion left the time of an endpoint.

    Attributes:
        lesion: number of the lesion, "" by patient.
        status: CNSR of the table (0 event, 1 censored, 2 competing event); None for somebody who
            is not in the table.
        start, end: time origin and end of the observation, None outside of the table.
        days: AVAL.
        words: why it ended (EVNTDESC or CNSDTDSC), or why it is not in the table.
        doubts: what is doubtful, each with the reason in words.
    """

    centre: str
    pseudonym: str
    lesion: str
    status: int | None
    start: dt.date | None
    end: dt.date | None
    days: int | None
    words: str
    doubts: tuple[tuple[Doubt, str], ...] = ()


def censoring_audit(
    facts: StudyFacts, endpoint: Endpoint, protocol: Protocol, *, on: dt.date | None
) -> tuple[CensoringLine, ...]:
    """One line per patient or lesion of the endpoint, as in its table, and of those outside of it.

    Args:
        on: the data cut, or today where there is none; None where the calendar means nothing:
            then nobody is said to be unseen for long.
    """
    limits = AuditLimits.of(protocol.schedule)
    return tuple(
        _excluded(patient, lesion, seen)
        if isinstance(seen, Reason)
        else _line(endpoint, limits, on, patient, lesion, seen)
        for patient, lesion, seen in observations(facts, endpoint)
    )


def _excluded(patient: PatientFacts, lesion: LesionFact | None, why: Reason) -> CensoringLine:
    doubt = {
        Reason.UNDATED_EVENT: Doubt.UNDATED,
        Reason.MAYBE_LATE: Doubt.UNDATED,
        Reason.UNASSIGNED_EVENT: Doubt.UNASSIGNED,
    }.get(why)
    return CensoringLine(
        centre=patient.centre,
        pseudonym=patient.pseudonym,
        lesion=str(lesion.number) if lesion else "",
        status=None,
        start=None,
        end=None,
        days=None,
        words=str(why.label),
        doubts=() if doubt is None else ((doubt, str(why.label)),),
    )


def _line(
    endpoint: Endpoint,
    limits: AuditLimits,
    on: dt.date | None,
    patient: PatientFacts,
    lesion: LesionFact | None,
    seen: Observation,
) -> CensoringLine:
    doubts = (
        *_imaging(endpoint, limits, patient, seen),
        *_unseen(limits, on, patient, seen),
        *_dates(endpoint, patient, lesion, seen),
    )
    return CensoringLine(
        centre=patient.centre,
        pseudonym=patient.pseudonym,
        lesion=str(lesion.number) if lesion else "",
        status=seen.status,
        start=seen.start.day,
        end=seen.end.day,
        days=seen.days,
        words=seen.censoring_words if seen.status == CENSORED else seen.event_words,
        doubts=doubts,
    )


Doubts = Iterator[tuple[Doubt, str]]


def _imaging(
    endpoint: Endpoint, limits: AuditLimits, patient: PatientFacts, seen: Observation
) -> Doubts:
    """Rows that ended without the event long after anybody could have found it."""
    kinds = _FOUND_BY_IMAGING.intersection(endpoint.events)
    if seen.status == EVENT or not kinds:
        return
    is_local = kinds <= _FOUND_LOCALLY
    last = patient.last_local_imaging if is_local else patient.last_imaging
    place = _("last imaging of the treated site") if is_local else _("last imaging")
    if last is None or last.day < seen.start.day:
        if seen.days > limits.imaging_days:
            text = _("followed for %(months)s months without imaging since the time origin")
            yield Doubt.NEVER_IMAGED, text % {"months": _months(seen.days)}
        return
    gap = (seen.end.day - last.day).days
    if gap > limits.imaging_days:
        text = _("%(ended)s %(months)s months after the %(place)s")
        ended = _("alive") if seen.status == CENSORED and not patient.death else _("died")
        yield (
            Doubt.IMAGING_LONG_AGO,
            text % {"ended": ended, "months": _months(gap), "place": place},
        )


def _unseen(
    limits: AuditLimits, on: dt.date | None, patient: PatientFacts, seen: Observation
) -> Doubts:
    """Rows whose patient is alive as far as known, and was not heard of for long."""
    if seen.status != CENSORED:
        return
    if seen.days == 0:
        yield Doubt.NO_TIME, _("censored on the day of the time origin")
    contact = patient.last_contact
    if on is None or patient.death is not None or seen.censoring_words == AT_HORIZON:
        return
    until = on if patient.cut is None else min(on, patient.cut)
    last = contact.day if contact is not None else seen.end.day
    gap = (until - last).days
    if gap > limits.contact_days and not limits.has_ended((last - seen.start.day).days):
        text = _("last contact %(months)s months before %(day)s")
        yield Doubt.NOT_SEEN_SINCE, text % {"months": _months(gap), "day": day_text(until)}


def _dates(
    endpoint: Endpoint, patient: PatientFacts, lesion: LesionFact | None, seen: Observation
) -> Doubts:
    for name, day in ((_("time origin"), seen.start), (_("end of the observation"), seen.end)):
        if day.flag:
            to_the_month = _("%(name)s known to the month only")
            text = to_the_month if day.flag == "D" else _("%(name)s known to the year only")
            yield Doubt.IMPUTED, text % {"name": name}
    contact, death = patient.last_contact, patient.death
    is_event = seen.status == EVENT
    if is_event and contact and contact.day < seen.end.day and not _is_death(seen):
        text = _("event %(days)d days after the last contact")
        yield Doubt.AFTER_CONTACT, text % {"days": (seen.end.day - contact.day).days}
    if is_event and _has_on(seen.end.day, endpoint.competing, patient, lesion):
        yield Doubt.SAME_DAY, _("the event counts, the competing event of that day does not")
    kinds = (*endpoint.events, *endpoint.competing)
    if any(day is None for kind in kinds for day in days_of(kind, patient, lesion)):
        yield Doubt.UNDATED, _("another event cannot be placed in time and does not count")
    if death and death.day and contact and death.day.before(contact):
        yield Doubt.SEEN_AFTER_DEATH, _("the last contact is after the death")


def _is_death(seen: Observation) -> bool:
    return seen.event_words in _DEATH_WORDS


def _has_on(
    day: dt.date,
    kinds: tuple[EventKind, ...],
    patient: PatientFacts,
    lesion: LesionFact | None,
) -> bool:
    found: list[Day | None] = [one for kind in kinds for one in days_of(kind, patient, lesion)]
    return any(one is not None and one.day == day for one in found)


def _months(days: int) -> str:
    return f"{days / MEAN_MONTH_DAYS:.0f}"
