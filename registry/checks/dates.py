"""Checks of dates against birth, death and today."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place, date_fields, earliest, precedes
from registry.derive import age_at, death_of
from registry.models import (
    Assessment,
    Baseline,
    ClinicalRow,
    Course,
    Disease,
    Enrolment,
    ImagingStudy,
    Lesion,
    LossToFollowUp,
    Progression,
    Surgery,
    SystemicTherapy,
    ToxicityEvent,
)
from registry.partial_date import PartialDate


def dates_in_future(case: Case, today: dt.date) -> Iterator[Place]:
    """No date of a fact lies after today."""
    for row in case.all_rows():
        for name in date_fields(type(row)):
            value: PartialDate | None = getattr(row, name)
            if value is not None and value.earliest > today:
                yield Place(row, name, _("{date} is in the future").format(date=value))


def before_birth(case: Case, today: dt.date) -> Iterator[Place]:
    """Nothing happens before birth."""
    birth = case.patient.birth_date
    if birth is None:
        return
    born = birth.earliest
    for row in case.all_rows():
        if row is case.patient:
            continue
        for name in date_fields(type(row)):
            value: PartialDate | None = getattr(row, name)
            if value is not None and value.latest < born:
                yield Place(row, name, _("{date} is before birth").format(date=value))


_TREATMENT_DATES: tuple[tuple[type[ClinicalRow], str], ...] = (
    (Course, "started_on"),
    (Course, "ended_on"),
    (Surgery, "performed_on"),
    (SystemicTherapy, "started_on"),
    (Enrolment, "consent_on"),
)
_FINDING_DATES: tuple[tuple[type[ClinicalRow], str], ...] = (
    (Assessment, "assessed_on"),
    (ImagingStudy, "performed_on"),
    (Progression, "occurred_on"),
    (ToxicityEvent, "onset_on"),
    (ToxicityEvent, "resolved_on"),
    (Baseline, "assessed_on"),
    (Disease, "diagnosed_on"),
    (Lesion, "found_on"),
    (LossToFollowUp, "last_known_alive_on"),
)


def _after_death(case: Case, columns: tuple[tuple[type[ClinicalRow], str], ...]) -> Iterator[Place]:
    death = death_of(case)
    if death is None or death.died_on is None:
        return
    for model, field in columns:
        for row in case.of(model):
            value = getattr(row, field)
            if precedes(death.died_on, value):
                yield Place(row, field, _("{date} is after death").format(date=value))


def treated_after_death(case: Case, today: dt.date) -> Iterator[Place]:
    """Nobody is treated after death."""
    yield from _after_death(case, _TREATMENT_DATES)


def seen_after_death(case: Case, today: dt.date) -> Iterator[Place]:
    """A visit, image or finding dated after death is a slip in one of the two dates."""
    yield from _after_death(case, _FINDING_DATES)


_YOUNGEST, _OLDEST = 1, 110


def age_plausible(case: Case, today: dt.date) -> Iterator[Place]:
    """At diagnosis and at the first fraction a patient is between 1 and 110 years old."""
    moments = (
        (_("at diagnosis"), earliest(row.diagnosed_on for row in case.of(Disease))),
        (_("at the first fraction"), earliest(row.started_on for row in case.of(Course))),
    )
    for when, on in moments:
        age = age_at(case.patient, on)
        # Dates before birth are another check's.
        if age is not None and (0 <= age < _YOUNGEST or age > _OLDEST):
            message = _("{age} years old {when}: is the birth date right?")
            yield Place(case.patient, "birth_date", message.format(age=age, when=when))
            return
