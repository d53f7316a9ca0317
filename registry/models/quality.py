"""How sure the facts are: confirmed findings of checks, and requests for correction."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.centre import User
from registry.models.choices import CorrectionState
from registry.models.patient import Patient
from registry.models.rules import coded
from registry.scope import ScopedModel


class Confirmation(ScopedModel):
    """A person says of an unlikely finding that the value is right, and why.

    It holds for the check, the row, the field and the value it was given for: another value is
    asked about anew.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    check_id = models.CharField(_("check"), max_length=60)
    entity = models.CharField(_("table"), max_length=40)
    row_id = models.BigIntegerField(_("row"))
    field = models.CharField(_("field"), max_length=60, blank=True)
    value = models.CharField(
        _("value confirmed"), max_length=300, blank=True, help_text=_("Empty for whole rows.")
    )
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("person"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("confirmation")
        ordering = ["at", "id"]
        default_related_name = "confirmations"
        constraints = [
            models.UniqueConstraint(
                fields=["check_id", "entity", "row_id", "field", "value"],
                name="confirmation_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="confirmation_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.check_id} {self.entity} {self.row_id}"


class CorrectionRequest(ScopedModel):
    """A question about what was entered: raised, answered by the centre, closed by the asker."""

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    entity = models.CharField(_("table"), max_length=40)
    row_id = models.BigIntegerField(_("row"))
    field = models.CharField(_("field"), max_length=60, blank=True)
    question = models.TextField(_("question"))
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=CorrectionState.choices,
        default=CorrectionState.OPEN,
    )
    answer = models.TextField(_("answer"), blank=True)
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for correction")
        verbose_name_plural = _("requests for correction")
        ordering = ["asked_at", "id"]
        default_related_name = "correction_requests"
        constraints = [
            coded("correctionrequest", "state", CorrectionState),
            models.CheckConstraint(
                condition=~Q(question=""), name="correctionrequest_has_question"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(answer=""), name="correctionrequest_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.row_id} {self.field}".strip()
