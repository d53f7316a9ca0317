"""Checks of adverse events against courses, death and each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place, earliest, precedes
from registry.derive import death_of
from registry.models import Course, ToxicityEvent
from registry.models.choices import Attribution, DeathCause, ToxicityAction


def grade_5_needs_death(case: Case, today: dt.date) -> Iterator[Place]:
    """Grade 5 means death: the death is entered too."""
    if death_of(case) is None:
        for row in case.of(ToxicityEvent):
            if row.grade == 5:
                yield Place(row, "grade", _("grade 5 means death: enter the death first"))


def grade_5_needs_cause(case: Case, today: dt.date) -> Iterator[Place]:
    """With a toxicity of grade 5 the cause of death is the treatment or another one."""
    death = death_of(case)
    if death is None or death.cause in (DeathCause.TREATMENT, DeathCause.OTHER):
        return
    if any(row.grade == 5 for row in case.of(ToxicityEvent)):
        message = _("a toxicity has grade 5: is the cause the treatment, or another one?")
        yield Place(death, "cause", message)


def onset_before_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A toxicity attributed to a course begins after the course began."""
    for row in case.of(ToxicityEvent):
        start = row.course.started_on if row.course is not None else None
        onset = None if row.present_before_rt else row.onset_on
        if start is not None and onset is not None and onset.before(start):
            yield Place(row, "onset_on", _("before the start of the suspected course"))


def present_before_rt(case: Case, today: dt.date) -> Iterator[Place]:
    """What was present before RT began before it."""
    start = earliest(row.started_on for row in case.of(Course))
    if start is None:
        return
    for row in case.of(ToxicityEvent):
        if row.present_before_rt and precedes(start, row.onset_on):
            message = _("present before RT, but the onset is after the first fraction ({date})")
            yield Place(row, "present_before_rt", message.format(date=start))


_BY_RT = (Attribution.POSSIBLE, Attribution.PROBABLE, Attribution.DEFINITE)


def no_suspected_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A toxicity that RT may have caused names the course."""
    if not case.of(Course):
        return
    for row in case.of(ToxicityEvent):
        if row.course is None and row.attribution in _BY_RT and not row.reason_missing("course"):
            yield Place(row, "course", _("say which course may have caused it"))


def entered_twice(case: Case, today: dt.date) -> Iterator[Place]:
    """A toxicity is entered once, at its worst grade: not again while it lasts."""
    for earlier, later in _overlapping(case):
        if later.grade >= earlier.grade:
            message = _("the same as toxicity event {number}, which lasts: was it entered twice?")
            yield Place(later, "term", message.format(number=earlier.number))


def grade_falls_unresolved(case: Case, today: dt.date) -> Iterator[Place]:
    """A lower grade of the same toxicity follows only when the higher one is resolved."""
    for earlier, later in _overlapping(case):
        if later.grade < earlier.grade:
            message = _(
                "grade {low} while toxicity event {number} of grade {high} is not resolved: "
                "say when it was"
            )
            yield Place(
                later,
                "grade",
                message.format(low=later.grade, number=earlier.number, high=earlier.grade),
            )


def _overlapping(case: Case) -> Iterator[tuple[ToxicityEvent, ToxicityEvent]]:
    """Pairs of the same term at the same place, the second beginning before the first ended."""
    rows = [
        row
        for row in case.of(ToxicityEvent)
        if row.onset_on is not None and row.grade is not None and not row.present_before_rt
    ]
    rows.sort(key=lambda row: (str(row.onset_on), row.number))
    for earlier, later in combinations(rows, 2):
        if earlier.term_id != later.term_id or earlier.lesion != later.lesion:
            continue
        if earlier.course != later.course:
            continue
        if earlier.resolved_on is None or precedes(later.onset_on, earlier.resolved_on):
            yield earlier, later


_SERIOUS_ACTIONS = (ToxicityAction.HOSPITALISATION,)


def serious_by_definition(case: Case, today: dt.date) -> Iterator[Place]:
    """Death and admission to hospital make an event serious (ICH E2A)."""
    for row in case.of(ToxicityEvent):
        if row.is_serious is False and (row.grade == 5 or row.action in _SERIOUS_ACTIONS):
            message = _("“no”, but death and admission to hospital are serious")
            yield Place(row, "is_serious", message)


def action_on_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A toxicity that interrupted or stopped RT shows in its course."""
    for row in case.of(ToxicityEvent):
        course = row.course
        if course is None:
            continue
        if row.action == ToxicityAction.RT_INTERRUPTED and course.interruption_days == 0:
            message = _("RT interrupted, but course {number} has no day of interruption")
            yield Place(row, "action", message.format(number=course.number))
        elif row.action == ToxicityAction.RT_STOPPED and course.is_completed is True:
            message = _("RT stopped, but course {number} was completed as prescribed")
            yield Place(row, "action", message.format(number=course.number))
