"""Death of the patient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from registry.case import Case
from registry.derive import age_at, last_known_alive
from registry.entry.entry import Entry
from registry.entry.intervals import since_course
from registry.entry.spec import Group, Page, Part
from registry.models import Course, Death, ToxicityEvent
from registry.models.choices import DeathCause
from registry.partial_date import PartialDate


@dataclass(frozen=True)
class DeathFigures:
    """What follows from a death as typed.

    Attributes:
        age: completed years at death, None where it cannot be said.
        since: how long after the patient's last course, "" where that is not known.
        last_contact: the latest day at which the patient is recorded as alive.
        needs_grade_5: the treatment was the cause, and no fatal toxicity is recorded.
    """

    age: int | None
    since: str
    last_contact: PartialDate | None
    needs_grade_5: bool


def figures(entry: Entry) -> Mapping[str, DeathFigures]:
    """Age, interval to the last course, last contact, and what is still to be entered."""
    (death,) = entry.of(Death) or [Death()]
    courses = [row for row in entry.case.of(Course) if row.started_on is not None]
    last = max(courses, key=lambda course: str(course.started_on), default=None)
    fatal = [row for row in entry.case.of(ToxicityEvent) if row.grade == 5]
    return {
        "figures": DeathFigures(
            age=age_at(entry.patient, death.died_on),
            since=since_course(death.died_on, last),
            last_contact=last_known_alive(entry.case),
            needs_grade_5=death.cause == DeathCause.TREATMENT and not fatal,
        )
    }


def nothing_chosen(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """The cause is chosen by a person, also where it is not known."""
    return {"cause": ""}


DEATH = Page(
    key="death",
    title=_("Death"),
    section="outcome",
    live=figures,
    parts=(
        Part(
            model=Death,
            prefix="death",
            defaults=nothing_chosen,
            needs=("cause",),
            groups=(Group(fields=("died_on", "cause", "cause_text")),),
        ),
    ),
)
