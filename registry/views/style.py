"""Every component of the pages, once with its states: for people who work on the registry."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry.case import Case
from registry.entry.answers import (
    ChoiceAnswer,
    CodeAnswer,
    DateAnswer,
    NumberAnswer,
    SeveralAnswer,
    TextAnswer,
    YesNoAnswer,
)
from registry.entry.bound import BoundPart
from registry.entry.entry import Entry
from registry.entry.pages.course import COURSE
from registry.models import Course, Disease, Patient, Phase, User
from registry.models.choices import Depth, MissingReason, Response
from registry.partial_date import PartialDate
from registry.templatetags.ui import STATES

GRADES = range(1, 6)
NOTICES = ("information", "success", "warning", "error")


class ExampleForm(forms.Form):
    """One field of each kind, as the entry pages have them."""

    use_required_attribute = False

    day = DateAnswer(label=_("Date"), required=False, help_text=_("As far as it is known."))
    dose = NumberAnswer(label=_("Number"), places=2, digits=6, required=False)
    depth = ChoiceAnswer(label=_("Choice"), choices=Depth.choices, required=False)
    operated = YesNoAnswer(label=_("Yes or no"), required=False)
    site = CodeAnswer(label=_("Code of a list"), system="region_site", required=False)
    words = TextAnswer(label=_("Text"), required=False)
    comment = TextAnswer(label=_("Longer text"), lines=3, required=False)
    several = SeveralAnswer(label=_("Several"), choices=Response.choices, required=False)


BLANK: dict[str, str] = {}
PARTIAL = {"day": "2024-03", "dose": "50.4", "depth": "deep", "operated": "true", "words": "R1"}
NO_ANSWER = {"day": "Unknown", "dose": "Not done", "depth": "not_done", "words": "Refused"}
WRONG = {"day": "2024-13", "dose": "fifty", "depth": "shallow", "site": "moon"}


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The components, made of examples that are nobody's."""
    return render(
        request,
        "registry/style.html",
        {
            "states": STATES,
            "grades": GRADES,
            "notices": NOTICES,
            "forms": [
                (_("Empty"), _example("blank", BLANK)),
                (_("Partial date and values"), _example("partial", PARTIAL)),
                (_("Reasons for no value"), _example("reason", NO_ANSWER)),
            ],
            "wrong": _example("wrong", WRONG),
            "missing_reasons": MissingReason.labels,
            "repeated": _repeated(cast(User, request.user)),
            "row": Disease(
                diagnosed_on=PartialDate(2024, 3),
                size_cm=5,
                depth=Depth.DEEP,
                missing={"grade": MissingReason.NOT_DONE},
            ),
            "page": Paginator(range(120), 50).page(2),
        },
    )


def _example(prefix: str, typed: dict[str, str]) -> ExampleForm:
    """The form as typed into; wanted by the protocol: the first field."""
    data: Any = {f"{prefix}-{name}": value for name, value in typed.items()} or None
    form = ExampleForm(_query(data) if data else None, prefix=prefix, auto_id="id_%s")
    form.fields["day"].is_wanted = True  # type: ignore[attr-defined]
    return form


def _query(values: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query


def _repeated(user: User) -> BoundPart:
    """The phases of a course that is in memory only."""
    patient = Patient()
    course = Course(patient=patient, number=1)
    entry = Entry(COURSE, Case(patient), user=user, root=course)
    return next(bound for bound in entry.parts if bound.part.model is Phase)
