"""The facts about a patient that endpoints are made of: plain data, no model instances."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import NamedTuple

from analytics.extract.days import Day


class CourseFact(NamedTuple):
    """First and last day of a course; None where not known or after the data cut.

    ``is_after_cut``: its first day is known and lies after the cut.
    """

    id: int
    number: int
    start: Day | None
    end: Day | None
    is_after_cut: bool = False


class SurgeryFact(NamedTuple):
    """An operation; ``day`` is None where it has no date."""

    day: Day | None
    procedure: str


class TherapyFact(NamedTuple):
    """A drug treatment; days are None where not known, the last one after the data cut too."""

    start: Day | None
    end: Day | None
    kind: str
    timing: str


class ProgressionFact(NamedTuple):
    """A failure; ``lesion_id`` is None for new disease or where the lesion was not named."""

    day: Day | None
    kind: str
    field_relation: str
    lesion_id: int | None


class DeathFact(NamedTuple):
    """Death; ``day`` is None where it has no date."""

    day: Day | None
    cause: str


class ToxicityFact(NamedTuple):
    """An adverse event that radiotherapy may have caused; ``phase`` is "acute", "late" or ""."""

    onset: Day | None
    grade: int
    phase: str


class BaselineFact(NamedTuple):
    """Number of viable sites ("single", "multiple" or "") at the start of a course."""

    number: int
    course_id: int | None
    viable_sites: str


@dataclass(slots=True)
class LesionFact:
    """A lesion and the ids of the courses that treat it."""

    id: int
    number: int
    course_ids: set[int] = field(default_factory=set)


@dataclass(slots=True)
class PatientFacts:
    """One enrolled patient, known up to ``cut`` (the data cut or a withdrawal), both included.

    Facts dated after the cut are not in here; facts without a date are, with None for the day.
    ``surgery_follows_rt`` is True under a protocol that operates after radiotherapy. ``left_out``
    are ids of lesions that are not counted: the others were chosen by a condition.
    """

    pseudonym: str
    centre: str
    cut: dt.date | None = None
    surgery_follows_rt: bool = False
    enrolled: Day | None = None
    diagnosed: Day | None = None
    courses: list[CourseFact] = field(default_factory=list)
    surgeries: list[SurgeryFact] = field(default_factory=list)
    therapies: list[TherapyFact] = field(default_factory=list)
    baselines: list[BaselineFact] = field(default_factory=list)
    lesions: dict[int, LesionFact] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    progressions: list[ProgressionFact] = field(default_factory=list)
    wound_complications: list[Day | None] = field(default_factory=list)
    toxicities: list[ToxicityFact] = field(default_factory=list)
    death: DeathFact | None = None
    last_contact: Day | None = None
    last_imaging: Day | None = None
    last_local_imaging: Day | None = None

    def knows(self, day: Day | None) -> bool:
        """True unless the day lies after the cut."""
        return day is None or self.cut is None or day.day <= self.cut

    def known(self, day: Day | None) -> Day | None:
        """The day, None when it lies after the cut."""
        return day if self.knows(day) else None

    def given_courses(self) -> list[CourseFact]:
        """Courses with a date; all where none has one. A course without may be planned only."""
        return [course for course in self.courses if course.start or course.end] or self.courses

    def treated_lesions(self) -> list[LesionFact]:
        """Lesions that a course treats, by number."""
        treated = (lesion for lesion in self.lesions.values() if lesion.course_ids)
        return sorted(treated, key=lambda lesion: lesion.number)


@dataclass(frozen=True)
class StudyFacts:
    """The patients of a study by pseudonym, as far as the scope in force shows them."""

    study_key: str
    data_cut: dt.date | None
    patients: tuple[PatientFacts, ...]
