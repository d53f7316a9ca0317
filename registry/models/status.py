"""How complete a case is, form by form: kept beside the case so that lists can be cut to it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.choices import FormState
from registry.models.patient import Patient
from registry.models.rules import coded
from registry.scope import ScopedModel

FORMS = (
    "screening",
    "baseline",
    "disease",
    "treatment",
    "lesions",
    "courses",
    "assessments",
    "toxicity",
    "outcome",
)
"""Columns of the status grid, in the order the work is done."""


def _state(label: Any) -> models.CharField[str, str]:
    return models.CharField(
        label, max_length=14, choices=FormState.choices, default=FormState.MISSING
    )


class CaseStatus(ScopedModel):
    """State of every form of a patient; rewritten with each write of the case, never edited.

    What is overdue follows from the expected visits and the day, and is not kept here.
    """

    patient = models.OneToOneField(
        Patient, models.PROTECT, related_name="status", verbose_name=_("patient")
    )
    screening = _state(_("screening and enrolment"))
    baseline = _state(_("baseline"))
    disease = _state(_("disease"))
    treatment = _state(_("surgery and other treatment"))
    lesions = _state(_("lesions"))
    courses = _state(_("radiotherapy"))
    assessments = _state(_("assessments"))
    toxicity = _state(_("toxicity"))
    outcome = _state(_("outcome"))
    incomplete_count = models.PositiveIntegerField(
        _("items missing"), default=0, help_text=_("Required items without value and reason.")
    )
    unconfirmed_count = models.PositiveIntegerField(
        _("unlikely values"), default=0, help_text=_("Unlikely findings nobody has confirmed.")
    )

    class Meta:
        verbose_name = _("status of a case")
        verbose_name_plural = _("statuses of cases")
        constraints = [coded("casestatus", name, FormState) for name in FORMS]
        indexes = [
            models.Index(
                fields=["patient"],
                condition=models.Q(incomplete_count__gt=0),
                name="casestatus_incomplete",
            ),
            models.Index(
                fields=["-incomplete_count", "patient"],
                condition=models.Q(incomplete_count__gt=0),
                name="casestatus_most_missing",
            ),
            # Lists cut to a form that is missing: few of many, found without reading the statuses.
            *(
                models.Index(
                    fields=["patient"],
                    condition=models.Q(**{name: FormState.MISSING}),
                    name=f"casestatus_no_{name}",
                )
                for name in FORMS
            ),
        ]

    def __str__(self) -> str:
        return f"status of patient {self.patient_id}"
