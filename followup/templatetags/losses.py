"""Proposals of loss to follow-up on the first page, and attempts to reach a patient in words."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from followup.selectors.losses import as_proposals, proposed_patients
from registry.models import LossToFollowUp
from registry.templatetags.values import day_text

register = template.Library()

ROWS_SHOWN = 10


@register.inclusion_tag("followup/_losses.html")
def loss_proposals() -> dict[str, Any]:
    """The patients of the reader's scope who may be lost, the longest overdue first."""
    today = timezone.localdate()
    patients = proposed_patients(today)
    return {"proposals": as_proposals(patients[:ROWS_SHOWN], today), "total": patients.count()}


@register.filter
def attempts(loss: LossToFollowUp) -> str:
    """How the patient was looked for: "Telephone 3 May 2025, letter 10 May 2025"."""
    made = (
        (_("telephone {day}"), loss.phoned_on),
        (_("letter {day}"), loss.wrote_on),
        (_("registry asked {day}"), loss.asked_registry_on),
    )
    told = [words.format(day=day_text(date)) for words, date in made if date is not None]
    text = ", ".join([*told, loss.attempts.strip()] if loss.attempts.strip() else told)
    return text[:1].upper() + text[1:]
