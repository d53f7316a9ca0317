"""Access beside the roles, and looks at identities."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.centre import User
from registry.models.patient import Patient
from registry.scope import ScopedModel


class TemporaryAccess(ScopedModel):
    """A person may read one case, pseudonymised, for a stated reason until a stated time."""

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    user = models.ForeignKey(
        User, models.PROTECT, related_name="temporary_accesses", verbose_name=_("person")
    )
    reason = models.TextField(_("reason"))
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("given by"))
    given_at = models.DateTimeField(_("given at"))
    ends_at = models.DateTimeField(_("ends at"))
    ended_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended early by"),
    )
    ended_at = models.DateTimeField(_("ended early at"), null=True, blank=True)
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("When it was last confirmed.")
    )
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )

    class Meta:
        verbose_name = _("temporary access")
        verbose_name_plural = _("temporary accesses")
        ordering = ["-given_at", "-id"]
        default_related_name = "temporary_accesses"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="temporaryaccess_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("given_at")), name="temporaryaccess_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} → patient {self.patient_id}"

    @classmethod
    def patients_of(cls, user: Any) -> models.QuerySet[Any, int]:
        """Keys of the patients to whose case the person has temporary access now."""
        return cls._base_manager.filter(
            user_id=user.pk, ended_at__isnull=True, ends_at__gt=timezone.now()
        ).values_list("patient_id", flat=True)


class IdentityLook(ScopedModel):
    """Somebody was shown who a patient is. Append-only: the database refuses to change it."""

    at = models.DateTimeField(_("at"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    place = models.CharField(
        _("place"), max_length=80, help_text=_("The page or the API by which it was shown.")
    )

    class Meta:
        verbose_name = _("look at an identity")
        verbose_name_plural = _("looks at identities")
        ordering = ["-id"]
        default_related_name = "identity_looks"
        indexes = [
            models.Index(fields=["patient", "-id"], name="identitylook_patient"),
            models.Index(fields=["user", "-id"], name="identitylook_user"),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} at patient {self.patient_id}"
