"""Checks that compare rows of different forms of one patient."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place, row_key
from registry.derive import death_of
from registry.fields import PartialDateField
from registry.models import (
    Assessment,
    Baseline,
    ClinicalRow,
    Course,
    Enrolment,
    ImagingStudy,
    LesionAssessment,
    Phase,
    Progression,
    Surgery,
    Target,
    TargetLesion,
    ToxicityEvent,
)
from registry.partial_date import PartialDate


def before_birth(case: Case, today: dt.date) -> Iterator[Place]:
    """Nothing happens before birth."""
    birth = case.patient.birth_date
    if birth is None:
        return
    for row in case.all_rows():
        if row is case.patient:
            continue
        for field in row.content_fields():
            if isinstance(field, PartialDateField):
                value: PartialDate | None = getattr(row, field.name)
                if value is not None and value.before(birth):
                    message = _("{date} is before birth").format(date=value)
                    yield Place(row, field.name, message)


_TREATMENT_DATES: tuple[tuple[type[ClinicalRow], str], ...] = (
    (Course, "started_on"),
    (Course, "ended_on"),
    (Surgery, "performed_on"),
    (Enrolment, "consent_on"),
)
_FINDING_DATES: tuple[tuple[type[ClinicalRow], str], ...] = (
    (Assessment, "assessed_on"),
    (ImagingStudy, "performed_on"),
    (Progression, "occurred_on"),
    (ToxicityEvent, "onset_on"),
    (Baseline, "assessed_on"),
)


def _after_death(case: Case, columns: tuple[tuple[type[ClinicalRow], str], ...]) -> Iterator[Place]:
    death = death_of(case)
    if death is None or death.died_on is None:
        return
    for model, field in columns:
        for row in case.of(model):
            value = getattr(row, field)
            if value is not None and death.died_on.before(value):
                yield Place(row, field, _("{date} is after death").format(date=value))


def treated_after_death(case: Case, today: dt.date) -> Iterator[Place]:
    """Nobody is treated after death."""
    yield from _after_death(case, _TREATMENT_DATES)


def seen_after_death(case: Case, today: dt.date) -> Iterator[Place]:
    """A finding dated after death is a slip in one of the two dates."""
    yield from _after_death(case, _FINDING_DATES)


def grade_5_needs_death(case: Case, today: dt.date) -> Iterator[Place]:
    """Grade 5 means death: the death is entered too."""
    if death_of(case) is None:
        for row in case.of(ToxicityEvent):
            if row.grade == 5:
                yield Place(row, "grade", _("grade 5 means death: enter the death first"))


def same_patient(case: Case, today: dt.date) -> Iterator[Place]:
    """Lesions and courses that a row points to belong to the same patient."""
    links: tuple[tuple[type[ClinicalRow], str], ...] = (
        (TargetLesion, "lesion"),
        (LesionAssessment, "lesion"),
        (Progression, "lesion"),
        (ToxicityEvent, "lesion"),
        (ToxicityEvent, "course"),
        (Baseline, "course"),
    )
    for model, field in links:
        for row in case.of(model):
            other = getattr(row, field)
            if other is not None and other.patient != case.patient:
                message = _("the {thing} belongs to another patient").format(thing=field)
                yield Place(row, field, message)


def target_of_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A phase doses targets of its own course."""
    for row in case.of(Phase):
        if row.target is not None and row.target.course != row.course:
            yield Place(row, "target", _("the target belongs to another course"))


def version_of_study(case: Case, today: dt.date) -> Iterator[Place]:
    """The protocol version of an enrolment is one of its study."""
    for row in case.of(Enrolment):
        if row.protocol_version.study_id != row.study_id:
            yield Place(row, "protocol_version", _("the version belongs to another study"))


def progression_before_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A progression in the treated field comes after the treatment began."""
    starts = [row.started_on for row in case.of(Course) if row.started_on is not None]
    if not starts:
        return
    for row in case.of(Progression):
        found = row.occurred_on if row.field_relation == "in_field" else None
        if found is not None and all(found.before(start) for start in starts):
            yield Place(row, "occurred_on", _("in field, but before the first course"))


def onset_before_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A toxicity attributed to a course begins after the course began."""
    for row in case.of(ToxicityEvent):
        start = row.course.started_on if row.course is not None else None
        onset = None if row.present_before_rt else row.onset_on
        if start is not None and onset is not None and onset.before(start):
            yield Place(row, "onset_on", _("before the start of the suspected course"))


def overlapping_courses(case: Case, today: dt.date) -> Iterator[Place]:
    """Two courses do not run at the same time."""
    spans: list[tuple[PartialDate, PartialDate, Course]] = [
        (row.started_on, row.ended_on, row)
        for row in case.of(Course)
        if row.started_on is not None and row.ended_on is not None
    ]
    spans.sort(key=lambda span: span[0])
    for (_start, end, first), (start, _end, second) in pairwise(spans):
        if start.before(end):
            message = _("starts before course {number} ended").format(number=first.number)
            yield Place(second, "started_on", message)


def course_without_phase(case: Case, today: dt.date) -> Iterator[Place]:
    """A course has at least one phase with dose and fractions."""
    with_phase = {row_key(row.course) for row in case.of(Phase)}
    for row in case.of(Course):
        if row_key(row) not in with_phase:
            yield Place(row, "", _("no phase: dose and fractions are not known"))


def target_without_lesion(case: Case, today: dt.date) -> Iterator[Place]:
    """A target treats at least one lesion."""
    treated = {row_key(row.target) for row in case.of(TargetLesion)}
    for row in case.of(Target):
        if row_key(row) not in treated:
            yield Place(row, "", _("say which lesion the target treats"))
