"""A local, regional or distant failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.case import Case
from registry.entry.answers import Answer, CodeAnswer
from registry.entry.entry import Entry
from registry.entry.intervals import since_course
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.models import Course, Lesion, Progression, TargetLesion
from registry.models.choices import ProgressionKind


class ProgressionForm(RowForm):
    """A progression; its site is suggested from the list of sites."""

    def make(self, name: str) -> Answer:
        """The site by its list, else the column's field."""
        if name == "site":
            return CodeAnswer(
                system="region_site", is_open=True, label=_("Site of the failure"), required=False
            )
        return super().make(name)


@dataclass(frozen=True)
class Since:
    """A course, and how long after it the failure was found."""

    course: Course
    words: str


@dataclass(frozen=True)
class ProgressionFigures:
    """What follows from a progression as typed.

    Attributes:
        since: the interval to each course that began before, or that treated the lesion.
        untreated: the lesion that failed is treated by no course.
    """

    since: list[Since]
    untreated: Lesion | None


def figures(entry: Entry) -> Mapping[str, ProgressionFigures]:
    """The intervals to the courses, and whether the lesion was treated at all."""
    (row,) = entry.of(Progression) or [Progression()]
    courses = sorted(entry.case.of(Course), key=lambda course: course.number)
    links = entry.case.of(TargetLesion)
    is_local = row.kind == ProgressionKind.LOCAL and row.lesion is not None
    if is_local:
        courses = [
            course
            for course in courses
            if any(link.lesion == row.lesion and link.target.course == course for link in links)
        ]
    return {
        "figures": ProgressionFigures(
            since=[
                Since(course, words)
                for course in courses
                if (words := since_course(row.occurred_on, course))
            ],
            untreated=row.lesion if is_local and not courses else None,
        )
    }


def only_lesion(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """A new progression is taken to be of the patient's only lesion, where it is a local one."""
    lesions = case.of(Lesion)
    return {"lesion": lesions[0]} if len(lesions) == 1 else {}


PROGRESSION = Page(
    key="progression",
    title=gettext_lazy("Progression"),
    section="progression",
    many=True,
    live=figures,
    parts=(
        Part(
            model=Progression,
            prefix="progression",
            form=ProgressionForm,
            defaults=only_lesion,
            groups=(
                Group(
                    title=gettext_lazy("What was found"), fields=("occurred_on", "kind", "basis")
                ),
                Group(
                    title=gettext_lazy("Where"),
                    fields=("lesion", "field_relation", "site", "is_new_lesion", "comment"),
                ),
            ),
        ),
    ),
)
