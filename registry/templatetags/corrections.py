"""Requests for correction on the page of a patient."""

from __future__ import annotations

from typing import Any

from django import template

from registry.models import Patient
from registry.selectors.to_do import corrections_of
from registry.services.corrections import may_ask

register = template.Library()


@register.inclusion_tag("registry/patient/_corrections.html", takes_context=True)
def corrections(context: template.Context, patient: Patient) -> dict[str, Any]:
    """All requests on the patient; for those who may, the way to ask."""
    return {
        "patient": patient,
        "rows": corrections_of(patient),
        "may_ask": may_ask(context["request"].user, patient),
    }
