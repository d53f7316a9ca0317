"""The day that a protocol counts a patient's time from, of many patients at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Self

from followup.selectors.follow_up.analysis_day import day_text, ordinal, ordinal_of
from followup.selectors.follow_up.reach import Reach
from registry.models import Course, Disease, ProtocolVersion, Surgery
from registry.operation import operation_of, surgery_follows_rt
from registry.partial_date import PartialDate
from registry.protocols.vocabulary import TimePoint

_CHUNK = 10_000
_OF_COURSE = frozenset({TimePoint.FIRST_RT_DAY, TimePoint.LAST_RT_DAY, TimePoint.SURGERY})


class _Course(NamedTuple):
    """A course; ``order`` and ``number`` say which is the first of a patient."""

    order: str
    number: int
    start: str | None
    end: str | None


_NO_COURSE = _Course("", 0, None, None)


@dataclass
class Origins:
    """What the time origins of the protocols in force need; days as ISO texts.

    Radiotherapy is the first course of the patient, the operation that of
    :mod:`registry.operation`: the days that visits and endpoints count from, too.
    """

    versions: dict[int, tuple[TimePoint, bool]]
    courses: dict[int, _Course] = field(default_factory=dict)
    surgeries: dict[int, list[tuple[str | None, str]]] = field(default_factory=dict)
    diagnosed: dict[int, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, reach: Reach) -> Self:
        """Read what the protocols of the studies count from, in one to four queries."""
        versions = {
            version.pk: (
                version.protocol.time_origin,
                surgery_follows_rt(version.protocol.schedule),
            )
            for version in ProtocolVersion.objects.filter(study__in=reach.studies)
        }
        origins = cls(versions)
        points = {point for point, _follows in versions.values()}
        if points & _OF_COURSE:
            origins._read_courses(reach)
        if TimePoint.SURGERY in points:
            origins._read_surgeries(reach)
        if TimePoint.DIAGNOSIS in points:
            origins._read_diagnoses(reach)
        return origins

    def of(self, patient: int, version: int, enrolled: str | None) -> int | None:
        """The origin as ``date.toordinal()``; None where it is not known."""
        point, follows_rt = self.versions[version]
        if point is TimePoint.SURGERY:
            return self._operation(patient, follows_rt)
        day = self._day(point, patient, enrolled)
        return None if day is None else ordinal(day)

    def _day(self, point: TimePoint, patient: int, enrolled: str | None) -> str | None:
        course = self.courses.get(patient, _NO_COURSE)
        if point is TimePoint.FIRST_RT_DAY:
            return course.start
        if point is TimePoint.LAST_RT_DAY:
            return course.end
        if point is TimePoint.DIAGNOSIS:
            return self.diagnosed.get(patient, (0, None))[1]
        return enrolled

    def _operation(self, patient: int, follows_rt: bool) -> int | None:
        start = self.courses.get(patient, _NO_COURSE).start
        day = operation_of(
            [(_date(day), done) for day, done in self.surgeries.get(patient, ())],
            rt_start=_date(start),
            follows_rt=follows_rt,
        )
        return None if day is None else ordinal_of(day)

    def _read_courses(self, reach: Reach) -> None:
        rows = Course.objects.live().filter(patient__in=reach.patients()).order_by()
        for patient, number, start, end in rows.values_list(
            "patient_id", "number", day_text("started_on"), day_text("ended_on")
        ).iterator(chunk_size=_CHUNK):
            # A course without any date comes last: "~" sorts after every digit.
            course = _Course(start or end or "~", number, start, end)
            known = self.courses.get(patient)
            if known is None or course[:2] < known[:2]:
                self.courses[patient] = course

    def _read_surgeries(self, reach: Reach) -> None:
        rows = Surgery.objects.live().filter(patient__in=reach.patients()).order_by()
        for patient, day, procedure in rows.values_list(
            "patient_id", day_text("performed_on"), "procedure"
        ).iterator(chunk_size=_CHUNK):
            self.surgeries.setdefault(patient, []).append((day, procedure))

    def _read_diagnoses(self, reach: Reach) -> None:
        rows = Disease.objects.live().filter(
            patient__in=reach.patients(), diagnosed_on__isnull=False
        )
        for patient, number, day in (
            rows.order_by()
            .values_list("patient_id", "number", day_text("diagnosed_on"))
            .iterator(chunk_size=_CHUNK)
        ):
            if number < self.diagnosed.get(patient, (number + 1, ""))[0]:
                self.diagnosed[patient] = number, day


@lru_cache(maxsize=65_536)
def _parsed(day: str) -> PartialDate:
    return PartialDate.parse(day)


def _date(day: str | None) -> PartialDate | None:
    return None if day is None else _parsed(day)
