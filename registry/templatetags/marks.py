"""Marks on the page of a patient: those of a form, and all of them."""

from __future__ import annotations

from typing import Any

from django import template

from registry.case_forms import FormKey, key_of, whole_case
from registry.models import ClinicalRow, User
from registry.selectors.marks import PatientMarks
from registry.selectors.row_words import row_words
from registry.services.marks import MayMark

register = template.Library()


@register.inclusion_tag("registry/patient/_marks.html", takes_context=True)
def form_marks(context: template.Context, row: ClinicalRow) -> dict[str, Any]:
    """The marks of the form that begins with this row, and the buttons of those who may mark it."""
    return _shown(context, key_of(row), row_words(row))


@register.inclusion_tag("registry/patient/_marks_section.html", takes_context=True)
def marks_section(context: template.Context) -> dict[str, Any]:
    """The section of the whole case's marks, and of everything that was ever marked."""
    words = _shown(context, whole_case(context["patient"]), "")
    return words | {"all": list(reversed(_marks(context).shown))}


@register.simple_tag(name="has_marks", takes_context=True)
def shows_marks(context: template.Context) -> bool:
    """True when there are marks to show, or the reader may make some."""
    may = _may(context)
    return bool(_marks(context).shown) or may.verify or may.lock or may.sign


def _marks(context: template.Context) -> PatientMarks:
    """The marks given to the page; none on a page about the past."""
    given: PatientMarks | None = context.get("marks")
    return given if given is not None else PatientMarks()


def _may(context: template.Context) -> MayMark:
    given: MayMark | None = context.get("may_mark")
    return given if given is not None else MayMark()


def _shown(context: template.Context, key: FormKey, words: str) -> dict[str, Any]:
    marks = _marks(context)
    reader: User = context["request"].user
    standing = marks.of(key)
    return {
        "patient": context["patient"],
        "csrf_token": context.get("csrf_token"),
        "key": key,
        "words": words,
        "standing": standing,
        "lapsed": marks.lapsed_signatures(key),
        "may": _may(context),
        "is_verified": any(one.mark.kind == "verified" for one in standing),
        "is_locked": marks.own_lock_of(key) is not None,
        "is_signed_by_reader": any(
            one.mark.kind == "signed" and one.mark.by_id == reader.pk and one.is_intact
            for one in standing
        ),
    }
