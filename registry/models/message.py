"""Messages about a case between those who steer a study and the patient's centre."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.centre import User
from registry.models.patient import Patient
from registry.scope import ScopedModel


class CaseMessage(ScopedModel):
    """A message about a case, or the answer to one; read by whoever reads the case."""

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    text = models.TextField(_("message"), help_text=_("No names."))
    reply_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="replies",
        verbose_name=_("answer to"),
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    at = models.DateTimeField(_("at"))
    seen_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("settled by")
    )
    seen_at = models.DateTimeField(
        _("settled at"), null=True, blank=True, help_text=_("Off the list of what there is to do.")
    )

    class Meta:
        verbose_name = _("message about a case")
        verbose_name_plural = _("messages about cases")
        ordering = ["at", "id"]
        default_related_name = "case_messages"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="casemessage_has_text"),
        ]
        indexes = [
            models.Index(
                fields=["patient"], condition=Q(seen_at__isnull=True), name="casemessage_unseen"
            )
        ]

    def __str__(self) -> str:
        return f"message {self.pk} about patient {self.patient_id}"
