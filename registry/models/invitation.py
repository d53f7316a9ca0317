"""Invitations: people choose their first password themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models.centre import User


class Invitation(models.Model):
    """A person was asked by mail to choose a password. Only the newest one of a person counts."""

    user = models.ForeignKey(
        User, models.PROTECT, related_name="invitations", verbose_name=_("person")
    )
    invited_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("invited by"),
        help_text=_("Empty: by a command of the installation."),
    )
    at = models.DateTimeField(_("at"))
    sent_at = models.DateTimeField(
        _("sent at"), null=True, blank=True, help_text=_("When the mail server took the mail.")
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(sent_at__gte=F("at")),
                name="invitation_sent_after_it_was_made",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(accepted_at__gte=F("at")),
                name="invitation_accepted_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} of user {self.user_id}"
