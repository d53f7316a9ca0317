"""Artefacts inside the pages of reports."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from analytics import render
from analytics.artefacts.parts import Artefact

register = template.Library()


@register.filter
def artefact_html(artefact: Artefact) -> SafeString:
    """Tables and figures of the artefact, or why there are none."""
    return render.artefact_html(artefact)
