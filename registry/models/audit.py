"""The audit trail: written by database triggers only (see :mod:`registry.audit`)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One insert, update or delete of a row. Append-only: the database refuses to change it.

    Row, patient and actor are kept as plain numbers, so that the trail outlives what it speaks of.
    """

    class Operation(models.TextChoices):
        INSERT = "I", _("created")
        UPDATE = "U", _("changed")
        DELETE = "D", _("deleted")

    at = models.DateTimeField(_("at (UTC, clock of the database)"))
    actor_id = models.BigIntegerField(
        _("person"), null=True, help_text=_("Empty: not made by a person known to the registry.")
    )
    reason = models.TextField(_("reason"), blank=True)
    origin = models.CharField(
        _("origin"), max_length=80, blank=True, help_text=_("Request, task or command.")
    )
    operation = models.CharField(_("operation"), max_length=1, choices=Operation.choices)
    table = models.CharField(_("table"), max_length=63)
    row_id = models.BigIntegerField(_("row"))
    patient_id = models.BigIntegerField(_("patient"), null=True)
    old: Any = models.JSONField(_("old values"), null=True)
    new: Any = models.JSONField(_("new values"), null=True)

    class Meta:
        verbose_name = _("audit event")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["patient_id", "id"], name="audit_patient"),
            models.Index(fields=["table", "row_id", "id"], name="audit_row"),
            models.Index(fields=["actor_id", "id"], name="audit_actor"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.operation} {self.table} {self.row_id}"
