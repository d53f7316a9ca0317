"""Centres, people and what people may do where."""

from __future__ import annotations

import unicodedata

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.choices import Role


class Centre(models.Model):
    """A hospital that treats and follows patients."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(
        _("country"), max_length=2, blank=True, help_text=_("ISO 3166-1 alpha-2, for holidays.")
    )
    timezone = models.CharField(_("time zone"), max_length=60, default="UTC")

    class Meta:
        verbose_name = _("centre")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class RegistryUserManager(UserManager["User"]):
    """Finds people by one spelling of their name."""

    @classmethod
    def normalise(cls, username: str) -> str:
        """NFKC and case folded, so that look-alikes are one account."""
        return unicodedata.normalize("NFKC", username).casefold()

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of that name, however it is spelled."""
        return super().get_by_natural_key(self.normalise(username or ""))


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A person with an account. Deactivated when they leave, never deleted."""

    display_name = models.CharField(_("name shown"), max_length=150, blank=True)
    last_active_on = models.DateField(
        _("last active on"),
        null=True,
        blank=True,
        help_text=_("Last day with a request, in the browser or by a token."),
    )

    objects = RegistryUserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("user")

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """The one spelling under which a name is stored."""
        return RegistryUserManager.normalise(username)

    def save(self, *args: object, **kwargs: object) -> None:
        """Store under the one spelling."""
        self.username = RegistryUserManager.normalise(self.username)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self.display_name or self.username


class Membership(models.Model):
    """A role of a person: at a centre, on a study, or over the installation."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    centre = models.ForeignKey(
        Centre, models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    study = models.ForeignKey(
        "registry.Study", models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    ends_on = models.DateField(_("ends on"), null=True, blank=True, help_text=_("Last day."))
    granted_on = models.DateField(_("granted on"), null=True, blank=True)
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("granted by")
    )
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("When the role was last confirmed.")
    )
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )

    class Meta:
        verbose_name = _("membership")
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    role__in=["data_manager", "investigator"],
                    centre__isnull=False,
                    study__isnull=True,
                )
                | Q(
                    role__in=["coordinator", "monitor", "analyst", "reader"],
                    centre__isnull=True,
                    study__isnull=False,
                )
                | Q(role="administrator", centre__isnull=True, study__isnull=True),
                name="membership_place_fits_role",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "centre"],
                condition=Q(centre__isnull=False),
                name="membership_centre_unique",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "study"],
                condition=Q(study__isnull=False),
                name="membership_study_unique",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(centre__isnull=True, study__isnull=True),
                name="membership_installation_unique",
            ),
        ]

    def __str__(self) -> str:
        place = self.centre or self.study or _("installation")
        return f"{self.user}: {self.get_role_display()}, {place}"
