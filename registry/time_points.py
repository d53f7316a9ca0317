"""The days that a protocol counts from, of one case."""

from __future__ import annotations

from registry.case import Case
from registry.models import Course, Disease, Enrolment, Surgery
from registry.operation import operation_of, surgery_follows_rt
from registry.partial_date import PartialDate
from registry.protocols import Protocol
from registry.protocols.vocabulary import TimePoint


def first_course(case: Case) -> Course | None:
    """The course that began first; one without any date comes last."""
    courses = case.of(Course)
    return min(
        courses,
        key=lambda row: (str(row.started_on or row.ended_on or "~"), row.number),
        default=None,
    )


def time_point(
    case: Case, point: TimePoint, protocol: Protocol, course: Course | None = None
) -> PartialDate | None:
    """The day of a time point; None while it is not known.

    Radiotherapy is the course named, else the first one, as for the schedule of the visits.
    """
    course = course or first_course(case)
    if point is TimePoint.FIRST_RT_DAY:
        return course.started_on if course else None
    if point is TimePoint.LAST_RT_DAY:
        return course.ended_on if course else None
    if point is TimePoint.SURGERY:
        done: PartialDate | None = operation_of(
            [(row.performed_on, row.procedure) for row in case.of(Surgery)],
            rt_start=course.started_on if course else None,
            follows_rt=surgery_follows_rt(protocol.schedule),
        )
        return done
    if point is TimePoint.DIAGNOSIS:
        dated = [row for row in case.of(Disease) if row.diagnosed_on is not None]
        return min(dated, key=lambda row: row.number).diagnosed_on if dated else None
    return next((row.enrolled_on for row in case.of(Enrolment)), None)
