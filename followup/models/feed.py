"""Calendars that a person's own calendar program reads by a secret address."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Centre, User

LONGEST_NAME = 80


class CalendarFeed(models.Model):
    """The expected visits that a person may see, as a calendar; its address is the key to it.

    Only a digest of the key is kept. What the calendar shows follows from the person's roles at
    the moment it is read, never from what they were when it was made.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="calendar_feeds")
    centre = models.ForeignKey(
        Centre,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("centre"),
        help_text=_("Empty: all that the person's roles show."),
    )
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    digest = models.CharField(_("SHA-256 of the key"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    last_read_on = models.DateField(
        _("last read on"), null=True, blank=True, help_text=_("Last day on which it was read.")
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar feed")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="calendarfeed_has_name"),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="calendarfeed_digest_is_one"
            ),
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=Q(revoked_at__isnull=True),
                name="calendarfeed_one_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return f"calendar {self.pk} of user {self.user_id}"
