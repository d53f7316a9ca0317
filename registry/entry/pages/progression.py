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
from registry.entry.failure import failure_found
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


def figures(entry: Entry) -> Mapping[str, list[Since]]:
    """How long after each course the failure was; of a lesion that failed, after those on it."""
    (row,) = entry.of(Progression) or [Progression()]
    courses = sorted(entry.case.of(Course), key=lambda course: course.number)
    if row.kind == ProgressionKind.LOCAL and row.lesion is not None:
        links = entry.case.of(TargetLesion)
        on_lesion = {link.target.course_id for link in links if link.lesion == row.lesion}
        courses = [course for course in courses if course.pk in on_lesion]
    found = [Since(course, since_course(row.occurred_on, course)) for course in courses]
    return {"since": [one for one in found if one.words]}


def only_lesion(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """A new progression is the one that a visit has shown, else of the patient's only lesion."""
    found = failure_found(case, query)
    if found:
        return found
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
