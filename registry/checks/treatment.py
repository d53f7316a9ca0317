"""Checks of operations, systemic therapy and earlier radiotherapy against each other and the RT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.applicability import HISTORY, rows_apply
from registry.case import Case
from registry.checks.place import (
    Place,
    courses_of_lesions,
    days_between,
    earliest,
    operations,
    precedes,
    row_key,
)
from registry.models import (
    Course,
    Disease,
    PriorRadiotherapy,
    Surgery,
    SystemicTherapy,
    TreatmentHistory,
)
from registry.models.choices import Intent, ResidualTumour, TherapyTiming
from registry.partial_date import PartialDate

_DAYS_TO_PATHOLOGY = 90
"""An operation may come before the diagnosis, which its specimen gives: by no more than this."""


def treated_before_diagnosis(case: Case, today: dt.date) -> Iterator[Place]:
    """Treatment begins after the diagnosis; an unplanned excision at most 90 days before."""
    diagnoses = [row.diagnosed_on for row in case.of(Disease)]
    diagnosed = earliest(diagnoses)
    if diagnosed is None or None in diagnoses:
        return
    message = _("before the diagnosis ({date})").format(date=diagnosed)
    begun: list[Course | SystemicTherapy] = [*case.of(Course), *case.of(SystemicTherapy)]
    for row in begun:
        if precedes(row.started_on, diagnosed):
            yield Place(row, "started_on", message)
    for operation in case.of(Surgery):
        day = operation.performed_on
        if day is not None and days_between(day, diagnosed) > _DAYS_TO_PATHOLOGY:
            yield Place(operation, "performed_on", message)


def postoperative_without_operation(case: Case, today: dt.date) -> Iterator[Place]:
    """The operation that a post-operative course follows is entered."""
    if operations(case):
        return
    for row in case.of(Course):
        if row.intent == Intent.POSTOPERATIVE:
            yield Place(row, "intent", _("post-operative: enter the operation"))


_YEAR = 365


def operation_order(case: Case, today: dt.date) -> Iterator[Place]:
    """Post-operative RT follows an operation, pre-operative RT not the one that removed it all."""
    rows = operations(case)
    days = [row.performed_on for row in rows if row.performed_on is not None]
    if not days or len(days) < len(rows):
        return
    for course in case.of(Course):
        start = course.started_on
        if start is None:
            continue
        if course.intent == Intent.POSTOPERATIVE and all(start.before(day) for day in days):
            message = _("post-operative, but no operation before {date}")
            yield Place(course, "intent", message.format(date=start))
        elif course.intent == Intent.PREOPERATIVE and all(day.before(start) for day in days):
            cleared = [
                day
                for row, day in zip(rows, days, strict=True)
                if row.residual_tumour == ResidualTumour.R0
            ]
            if any(days_between(day, start) <= _YEAR for day in cleared):
                message = _("pre-operative, but the tumour was removed (R0) before, and not after")
                yield Place(course, "intent", message)


def margin_agrees(case: Case, today: dt.date) -> Iterator[Place]:
    """R0 means a margin above 0 mm, R2 a margin of 0 mm."""
    for row in case.of(Surgery):
        if row.margin_mm is None:
            continue
        if row.residual_tumour == ResidualTumour.R0 and row.margin_mm == 0:
            yield Place(row, "margin_mm", _("0 mm, but R0 is no tumour at the margin"))
        elif row.residual_tumour == ResidualTumour.R2 and row.margin_mm > 0:
            yield Place(row, "margin_mm", _("above 0 mm, but R2 is tumour left behind"))


def history_says_no(case: Case, today: dt.date) -> Iterator[Place]:
    """Where the treatment history says “no”, no such treatment is entered."""
    for history in case.of(TreatmentHistory):
        for model, field in HISTORY.items():
            rows = case.of(model)
            if rows and not rows_apply(history, model):
                message = _("“no”, but there is an entry: {row}")
                yield Place(history, field, message.format(row=rows[0]))


def history_says_yes(case: Case, today: dt.date) -> Iterator[Place]:
    """Where the treatment history says “yes”, the treatment is entered."""
    for history in case.of(TreatmentHistory):
        for model, field in HISTORY.items():
            if getattr(history, field) is True and not case.of(model):
                message = _("“yes”: enter the {what}")
                yield Place(history, field, message.format(what=model._meta.verbose_name))


def concurrent_therapy(case: Case, today: dt.date) -> Iterator[Place]:
    """Systemic therapy concurrent with RT shares days with a course."""
    courses = [
        (row.started_on, row.ended_on)
        for row in case.of(Course)
        if row.started_on is not None and row.ended_on is not None
    ]
    if not courses or len(courses) < len(case.of(Course)):
        return
    for row in case.of(SystemicTherapy):
        if row.timing != TherapyTiming.CONCURRENT or row.started_on is None:
            continue
        is_apart = all(
            end.before(row.started_on) or (row.ended_on is not None and row.ended_on.before(start))
            for start, end in courses
        )
        if is_apart:
            yield Place(row, "timing", _("concurrent, but not at the time of any course"))


def prior_rt_after_course(case: Case, today: dt.date) -> Iterator[Place]:
    """Earlier radiotherapy ended before the first registered course."""
    start = earliest(row.started_on for row in case.of(Course))
    if start is None:
        return
    for row in case.of(PriorRadiotherapy):
        if precedes(start, row.ended_on):
            message = _("after the first registered course began ({date}): enter it as a course")
            yield Place(row, "ended_on", message.format(date=start))


def reirradiation_of_nothing(case: Case, today: dt.date) -> Iterator[Place]:
    """A re-irradiation names what was irradiated before: earlier radiotherapy or a course."""
    if case.of(PriorRadiotherapy) or len(case.of(Course)) > 1:
        return
    for row in case.of(Course):
        if row.intent == Intent.REIRRADIATION:
            yield Place(row, "intent", _("re-irradiation: enter the earlier radiotherapy"))


def lesion_found_after_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A lesion is found before the course that treats it begins."""
    for link, _target, course in courses_of_lesions(case):
        start = course.started_on
        if precedes(start, link.lesion.found_on):
            message = _("after course {number} that treats it began ({date})")
            yield Place(link.lesion, "found_on", message.format(number=course.number, date=start))


def lesion_treated_again(case: Case, today: dt.date) -> Iterator[Place]:
    """A course of a lesion that an earlier course treated months before is a re-irradiation."""
    ended: dict[int, PartialDate] = {}
    links = sorted(courses_of_lesions(case), key=lambda link: str(link[2].started_on or "~"))
    told: set[int] = set()
    for link, _target, course in links:
        start, key = course.started_on, row_key(link.lesion)
        if start is None:
            continue
        before = ended.get(key)
        is_again = before is not None and days_between(before, start) > _DAYS_APART
        if is_again and course.intent in _FIRST_TIME and row_key(course) not in told:
            told.add(row_key(course))
            message = _("treats lesion {number} again: is it a re-irradiation?")
            yield Place(course, "intent", message.format(number=link.lesion.number))
        ended[key] = course.ended_on or start


_FIRST_TIME = (Intent.DEFINITIVE, Intent.PREOPERATIVE, Intent.POSTOPERATIVE)
_DAYS_APART = 90
"""Parts of one treatment, such as pre-operative RT and a boost after surgery, follow sooner."""
