"""The time origin of an endpoint, and whom it is estimated in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol, TypeVar

from analytics.extract.days import Day
from analytics.extract.facts import CourseFact, LesionFact, PatientFacts
from registry.models.choices import ViableSites
from registry.operation import NOT_THE_OPERATION, operation_of
from registry.protocols.vocabulary import TimePoint


class _Numbered(Protocol):
    @property
    def number(self) -> int: ...

    @property
    def course_id(self) -> int | None: ...


OfCourse = TypeVar("OfCourse", bound=_Numbered)


def origin_day(
    origin: TimePoint, patient: PatientFacts, lesion: LesionFact | None = None
) -> Day | None:
    """The day that time counts from, None where it is not known.

    Radiotherapy is the first course of the patient or, for a lesion, the first that treats it.
    """
    if origin is TimePoint.FIRST_RT_DAY:
        course = first_course(patient, lesion)
        return course.start if course else None
    if origin is TimePoint.LAST_RT_DAY:
        course = first_course(patient, lesion)
        return course.end if course else None
    if origin is TimePoint.SURGERY:
        return operation_day(patient)
    if origin is TimePoint.DIAGNOSIS:
        return patient.diagnosed
    return patient.enrolled


def first_course(patient: PatientFacts, lesion: LesionFact | None = None) -> CourseFact | None:
    """The earliest course, of those that treat the lesion if one is given.

    A course without any date is not the first while another has one: it may be planned only.
    """
    courses: Iterable[CourseFact] = patient.courses
    if lesion is not None:
        courses = (course for course in courses if course.id in lesion.course_ids)

    def order(course: CourseFact) -> tuple[dt.date, int]:
        day = course.start or course.end
        return (day.day if day else dt.date.max, course.number)

    return min(courses, key=order, default=None)


def operation_day(patient: PatientFacts) -> Day | None:
    """The operation that the protocol speaks of (see :mod:`registry.operation`)."""
    course = first_course(patient)
    return operation_of(
        ((surgery.day, surgery.procedure) for surgery in patient.surgeries),
        rt_start=course.start if course else None,
        follows_rt=patient.surgery_follows_rt,
    )


def first_operation_day(patient: PatientFacts) -> Day | None:
    """The first operation of the tumour; None where one has no date, for it may be the first."""
    days = [row.day for row in patient.surgeries if row.procedure not in NOT_THE_OPERATION]
    known = [day for day in days if day is not None]
    return min(known, default=None) if len(known) == len(days) else None


def at_first_course(rows: Iterable[OfCourse], course_id: int | None) -> list[OfCourse]:
    """Rows that tell the state at the start of a course, those of the course before the others.

    A row that belongs to no course counts too, one of another course does not.
    """
    own = (row for row in rows if row.course_id in (course_id, None))
    return sorted(own, key=lambda row: (row.course_id is None, row.number))


def has_single_viable_site(patient: PatientFacts) -> bool | None:
    """True with one viable tumour site at the start of the first course, None when not recorded."""
    course = first_course(patient)
    for baseline in at_first_course(patient.baselines, course.id if course else None):
        if baseline.viable_sites:
            return baseline.viable_sites == ViableSites.SINGLE
    return None
