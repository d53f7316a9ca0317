"""A patient goes from one centre to another: offered, then accepted or refused."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.centre import Centre, User
from registry.models.choices import TransferState
from registry.models.patient import Patient
from registry.models.rules import coded
from registry.scope import Scope, ScopedModel


class Transfer(ScopedModel):
    """An offer of a patient to another centre, with what became of it.

    Both centres see the offer for good; the patient only the one that has the patient.
    """

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    from_centre = models.ForeignKey(
        Centre, models.PROTECT, related_name="+", verbose_name=_("from centre")
    )
    to_centre = models.ForeignKey(
        Centre, models.PROTECT, related_name="+", verbose_name=_("to centre")
    )
    reason = models.TextField(_("reason"))
    state = models.CharField(
        _("state"), max_length=10, choices=TransferState.choices, default=TransferState.OFFERED
    )
    offered_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("offered by")
    )
    offered_at = models.DateTimeField(_("offered at"))
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.TextField(
        _("answer"), blank=True, help_text=_("Why it was refused or withdrawn.")
    )

    class Meta:
        verbose_name = _("transfer")
        ordering = ["-offered_at", "-id"]
        default_related_name = "transfers"
        constraints = [
            coded("transfer", "state", TransferState),
            models.CheckConstraint(condition=~Q(reason=""), name="transfer_has_reason"),
            models.CheckConstraint(
                condition=~Q(from_centre=F("to_centre")), name="transfer_between_two_centres"
            ),
            models.CheckConstraint(
                condition=Q(state="offered") | Q(answered_at__isnull=False),
                name="transfer_answer_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "accepted"]) | ~Q(answer=""),
                name="transfer_refusal_has_reason",
            ),
            models.UniqueConstraint(
                fields=["patient"], condition=Q(state="offered"), name="transfer_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id}: {self.from_centre_id} → {self.to_centre_id}"

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q:
        """The two centres, and who reads the case anyway."""
        own = Q(from_centre__in=scope.centre_ids) | Q(to_centre__in=scope.centre_ids)
        return own | super().scope_condition(scope)
