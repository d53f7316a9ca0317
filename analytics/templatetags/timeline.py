"""The timeline on the page of a patient, and its legend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.figures import Shape
from analytics.figures.shapes import icon
from analytics.timeline import patient_timeline
from followup.selectors import visits_of
from registry.selectors.patient_file import PatientFile

register = template.Library()

WORDS: dict[Shape, str | Promise] = {
    Shape.DIAGNOSIS: _("Diagnosis"),
    Shape.LOCAL: _("Local progression"),
    Shape.REGIONAL: _("Regional progression"),
    Shape.DISTANT: _("Distant progression"),
    Shape.PROGRESSION: _("Progression, not specified"),
    Shape.SURGERY: _("Surgery"),
    Shape.THERAPY: _("Systemic therapy"),
    Shape.RADIOTHERAPY: _("Radiotherapy"),
    Shape.ACUTE: _("Acute toxicity, with grade"),
    Shape.LATE: _("Late toxicity, with grade"),
    Shape.UNDECIDED: _("Toxicity, with grade"),
    Shape.VISIT: _("Visit without imaging"),
    Shape.IMAGING: _("Imaging"),
    Shape.PLANNED: _("Visit planned, with window"),
    Shape.DUE: _("Visit due"),
    Shape.OVERDUE: _("Visit overdue"),
    Shape.MISSED: _("Visit missed"),
    Shape.ALIVE: _("Last contact"),
    Shape.LOST: _("Lost to follow-up"),
    Shape.WITHDRAWN: _("Withdrawn"),
    Shape.DEAD: pgettext_lazy("patient status", "Died"),
}


class LegendEntry(NamedTuple):
    """A shape as SVG with its word."""

    icon: SafeString
    word: str


@register.inclusion_tag("analytics/_timeline.html")
def timeline(file: PatientFile) -> dict[str, Any]:
    """The timeline of a patient: figure, legend, and the same as a list."""
    return {"timeline": patient_timeline(file, visits_of(file.patient))}


@register.inclusion_tag("analytics/_timeline_legend.html")
def timeline_legend(shapes: Iterable[Shape] | None = None) -> dict[str, Any]:
    """What the shapes mean, in the order of the lanes; all of them when none are named."""
    named = set(Shape if shapes is None else shapes)
    # The shape is drawn from path data of our own: there is no outside text in it.
    return {
        "entries": [
            LegendEntry(mark_safe(icon(shape)), str(WORDS[shape]))  # noqa: S308
            for shape in Shape
            if shape in named
        ]
    }
