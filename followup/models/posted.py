"""A mail on its way: what a digest and a letter have in common."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import User


class MailState(models.TextChoices):
    """Where a mail is on its way.

    pending → sending (claimed, with a lease) → sent, failed (surely not sent, to be tried again) or
    unknown (it may have arrived; a person decides). held: nothing was left to say.
    carried_over: a digest not sent on its day; its reminders went into a later one.
    """

    PENDING = "pending", pgettext_lazy("mail", "Pending")
    SENDING = "sending", pgettext_lazy("mail", "Sending")
    SENT = "sent", pgettext_lazy("mail", "Sent")
    FAILED = "failed", pgettext_lazy("mail", "Failed")
    UNKNOWN = "unknown", pgettext_lazy("mail", "Unknown")
    HELD = "held", pgettext_lazy("mail", "Held")
    CARRIED_OVER = "carried_over", pgettext_lazy("mail", "Carried over")


class PostedMail(models.Model):
    """One mail to one person, ``user``. Its Message-ID is fixed before the first try."""

    user: models.ForeignKey[User, User]
    user_id: int

    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    state = models.CharField(
        _("state"), max_length=12, choices=MailState.choices, default=MailState.PENDING
    )
    claim = models.CharField(_("claim"), max_length=32, blank=True)
    lease_until = models.DateTimeField(_("claimed until"), null=True)
    handed_over_at = models.DateTimeField(
        _("handed to the mail server at"),
        null=True,
        help_text=_("Set before sending: from then on the mail may have arrived."),
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    retry_at = models.DateTimeField(_("next attempt at"), null=True)
    error = models.CharField(_("last error"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    settled_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("settled by"),
        help_text=_("Who said of a doubtful mail that it arrived, or that it is to be sent again."),
    )
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MailState.values), name="%(class)s_state_is_a_code"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | (Q(lease_until__isnull=False) & ~Q(claim="")),
                name="%(class)s_sending_is_claimed",
            ),
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="%(class)s_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state"],
                condition=Q(state__in=["pending", "sending", "failed", "unknown"]),
                name="%(class)s_unsettled",
            )
        ]

    @classmethod
    def next_day_of(cls, now: dt.datetime) -> dt.datetime | None:
        """When a mail that was refused today is tried again; None where another takes its place."""
        return None


def site_host() -> str:
    """The host in the Message-IDs of this installation."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"
