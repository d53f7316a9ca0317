"""The mailbox of the embedded default: mails that a mail server would have taken."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """A mail as accepted; a second one with the same Message-ID is the same mail."""

    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    accepted_at = models.DateTimeField(_("accepted at"), auto_now_add=True)
    sender = models.CharField(_("from"), max_length=200)
    recipients = models.JSONField(_("to"), default=list)
    subject = models.CharField(_("subject"), max_length=300)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"), blank=True)

    class Meta:
        verbose_name = _("mail")
        ordering = ["-accepted_at", "-pk"]

    def __str__(self) -> str:
        return self.message_id
