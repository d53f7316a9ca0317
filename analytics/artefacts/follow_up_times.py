"""How long patients and lesions were followed, and how long they could have been."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.artefacts.notes import latest_day
from analytics.cohort import Cohort
from analytics.extract.origins import origin_day
from analytics.extract.table import TimeToEvent
from followup.person_time import PersonTime, days_seen
from registry.number_text import count_text
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Censoring, EventKind, Population, Unit
from registry.templatetags.values import day_text


def follow_up_times(cohort: Cohort, unit: Unit) -> TimeToEvent:
    """Days from the study's time origin to death (CNSR 0) or last follow-up (CNSR 1).

    Of a lesion, radiotherapy is the first course that treats it.
    """
    death = Endpoint(
        code="FU",
        label="",
        definition="",
        unit=unit,
        origin=cohort.protocol.time_origin,
        events=(EventKind.DEATH_ANY,),
        competing=(),
        censoring=Censoring.LAST_FOLLOW_UP,
        population=Population.ALL,
        horizon_days=None,
    )
    return cohort.table_of(death)


def last_day(cohort: Cohort) -> dt.date | None:
    """The data cut; without one the last day on which anybody was seen or died, None of nobody."""
    return cohort.data_cut or latest_day(cohort)


def potential_days(cohort: Cohort) -> list[int]:
    """Days from the time origin to the last day, of each patient with a known origin before it.

    Empty where the dates of the study are relative: then patients share no last day.
    """
    last = last_day(cohort)
    if last is None or cohort.dates_are_relative:
        return []
    origins = (
        origin_day(cohort.protocol.time_origin, patient) for patient in cohort.facts.patients
    )
    return [(last - origin.day).days for origin in origins if origin and origin.day <= last]


def person_times(cohort: Cohort) -> dict[str, PersonTime]:
    """Centre → observed and potential person-time, for Clark's index of completeness.

    Empty where the dates of the study are relative, and where nobody was seen.
    """
    last = last_day(cohort)
    if last is None or cohort.dates_are_relative:
        return {}
    by_centre: dict[str, PersonTime] = defaultdict(PersonTime)
    for patient in cohort.facts.patients:
        origin = origin_day(cohort.protocol.time_origin, patient)
        contact = patient.last_contact
        died = patient.death.day if patient.death else None
        days = days_seen(
            origin=origin.day.toordinal() if origin else None,
            last_contact=contact.day.toordinal() if contact else None,
            died=died.day.toordinal() if died else None,
            is_dead=patient.death is not None,
            cut=last.toordinal(),
        )
        by_centre[patient.centre] += (
            PersonTime(left_out=1) if days is None else PersonTime(1, 0, *days)
        )
    return dict(by_centre)


def excluded_words(table: TimeToEvent) -> str:
    """ "last follow-up before the time origin: 2; ...": who is not in a table, and why."""
    reasons = Counter(excluded.reason for excluded in table.excluded)
    return "; ".join(f"{reason.label}: {count_text(n)}" for reason, n in reasons.most_common())


def potential_notes(cohort: Cohort) -> Iterator[str]:
    """Up to which day patients could have been seen, and what Clark's index is."""
    last = last_day(cohort)
    if cohort.dates_are_relative:
        yield _(
            "The dates of this study are relative: how long patients could have been followed is "
            "not known."
        )
    elif last is not None:
        yield _(
            "Potential follow-up runs to %(day)s. Clark's C is the observed over the potential "
            "follow-up, both added up; that of the dead ends with death (Clark et al. 2002)."
        ) % {"day": day_text(last)}
