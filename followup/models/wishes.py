"""How a person wants to be reminded: rhythm, kinds, days off, leave with a stand-in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from registry.models import User


class Rhythm(models.TextChoices):
    """How often digests are sent."""

    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Once a week")


class Weekday(models.IntegerChoices):
    """Days of the week as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ReminderWish(models.Model):
    """A person's wishes; who has no row gets a digest on every day on which something is new.

    ``unsubscribed_at``: no mails any more but those of escalation.
    ``language``: of reports and the mails about them, "" for that of the installation.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="reminder_wish")
    rhythm = models.CharField(
        _("rhythm"), max_length=6, choices=Rhythm.choices, default=Rhythm.DAILY
    )
    weekday = models.PositiveSmallIntegerField(
        _("day of the week"), choices=Weekday.choices, default=Weekday.MONDAY
    )
    tells_ahead = models.BooleanField(_("also before a window opens"), default=True)
    rests_on_days_off = models.BooleanField(_("not on weekends and public holidays"), default=False)
    language = models.CharField(_("language of reports"), max_length=10, blank=True)
    unsubscribed_at = models.DateTimeField(_("unsubscribed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("wishes about reminders")
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm__in=Rhythm.values), name="reminderwish_rhythm_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=Weekday.SUNDAY), name="reminderwish_weekday_in_week"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.rhythm}"


class Leave(models.Model):
    """Days on which a person is away, both included; the stand-in is told in their place."""

    user = models.ForeignKey(User, models.PROTECT, related_name="leaves")
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    stand_in = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stand-in")
    )
    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("leave")
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="leave_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("user")),
                name="leave_stand_in_is_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.first_day} – {self.last_day}"
