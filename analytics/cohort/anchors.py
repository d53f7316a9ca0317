"""The days of a patient that values are read at and counted from."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from analytics.extract.days import Day
from analytics.extract.facts import CourseFact, PatientFacts
from analytics.extract.origins import (
    first_course,
    first_operation_day,
    operation_day,
    origin_day,
)
from registry.protocols.vocabulary import TimePoint


class Anchors(NamedTuple):
    """Where a patient's time begins.

    Attributes:
        facts: the patient.
        course: the first course, None while there is none.
        origin: the protocol's time origin; the first day of the first course where it is not known.
        operation: the operation that the protocol speaks of; where it counts from the diagnosis,
            the first one. A later one may treat a recurrence, and its margin comes after the event.
        treated_from: the later of time origin and first day of the first course. What was known
            by then is known when the patient comes under observation; later values are none of
            the patient's values at the origin.
    """

    facts: PatientFacts
    course: CourseFact | None
    origin: Day | None
    operation: Day | None
    treated_from: dt.date | None

    @property
    def rt_start(self) -> Day | None:
        """First day of the first course."""
        return self.course.start if self.course else None

    def is_later(self, day: Day | None) -> bool:
        """True for a day certainly after the patient came under observation."""
        return (
            day is not None and self.treated_from is not None and day.earliest > self.treated_from
        )


def anchors_of(patient: PatientFacts, time_origin: TimePoint) -> Anchors:
    """The days of one patient under a protocol that counts from ``time_origin``."""
    course = first_course(patient)
    start = course.start if course else None
    origin = origin_day(time_origin, patient) or start
    known = [day.day for day in (origin, start) if day is not None]
    is_first = time_origin is TimePoint.DIAGNOSIS
    operation = first_operation_day(patient) if is_first else operation_day(patient)
    return Anchors(patient, course, origin, operation, max(known, default=None))
