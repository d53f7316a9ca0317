"""Who may read the dashboard of a study, and what it shows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.models.for_good import StoredForGood
from registry.models import Study, User


class Audience(models.TextChoices):
    """To whom a dashboard is open."""

    OFF = "off", _("nobody")
    STUDY = "study", _("people of the study and of its centres, signed in")
    PUBLIC = "public", _("everybody who has the address, without signing in")


class DashboardSetting(StoredForGood):
    """The dashboard of a study as a person has set it; the newest is in force.

    Rows are added only, so that they are the record of who opened what to whom, and when. Of the
    public address only a digest of its key is kept.
    """

    study = models.ForeignKey(
        Study, models.PROTECT, related_name="dashboard_settings", verbose_name=_("study")
    )
    number = models.PositiveIntegerField(_("number"), help_text=_("Within the study, from 1 on."))
    audience = models.CharField(_("open to"), max_length=6, choices=Audience.choices)
    shows_accrual = models.BooleanField(_("accrual"))
    shows_lc = models.BooleanField(_("local control"))
    shows_os = models.BooleanField(_("overall survival"))
    names_centres = models.BooleanField(
        _("centres by name"), help_text=_("Otherwise “Centre 1”, “Centre 2” and so on.")
    )
    digest = models.CharField(
        _("SHA-256 of the key"), max_length=64, blank=True, help_text=_("Of a public address.")
    )
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        help_text=_("Empty: by the installation."),
    )

    class Meta:
        verbose_name = _("setting of a dashboard")
        verbose_name_plural = _("settings of dashboards")
        ordering = ["study", "-number"]
        indexes = [models.Index(fields=["digest"], name="dashboardsetting_digest")]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "number"], name="dashboardsetting_number_unique"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="dashboardsetting_number_from_1"
            ),
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values), name="dashboardsetting_audience_is_one"
            ),
            models.CheckConstraint(
                condition=Q(audience="public", digest__regex=r"^[0-9a-f]{64}$")
                | (~Q(audience="public") & Q(digest="")),
                name="dashboardsetting_key_of_public_only",
            ),
            models.CheckConstraint(
                condition=Q(audience="off")
                | Q(shows_accrual=True)
                | Q(shows_lc=True)
                | Q(shows_os=True),
                name="dashboardsetting_shows_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} dashboard {self.number}"
