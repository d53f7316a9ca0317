"""Mail addresses that refused a mail, and who must be told of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from followup.models.reminder import Digest
from registry.models import User


class RefusalSource(models.TextChoices):
    """How a refusal became known."""

    SERVER = "server", _("The mail server refused it")
    BOUNCE = "bounce", _("A mail came back")
    RELAY_LOG = "relay_log", _("The relay's log says so")


class RefusedAddress(models.Model):
    """An address that takes no mail: nothing is sent there until a person has cleared the mark.

    A person whose address has changed since is written to at the new one.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="refused_addresses")
    address = models.EmailField(_("address"))
    code = models.CharField(_("code"), max_length=20, blank=True, help_text=_("Such as 5.1.1."))
    source = models.CharField(_("known from"), max_length=10, choices=RefusalSource.choices)
    since = models.DateTimeField(_("since"))
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    cleared_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cleared by")
    )

    class Meta:
        verbose_name = _("refused address")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "address"],
                condition=Q(cleared_at__isnull=True),
                name="refusedaddress_one_open",
            ),
            models.CheckConstraint(
                condition=Q(source__in=RefusalSource.values), name="refusedaddress_source_is_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.since:%Y-%m-%d}"


class AddressNotice(models.Model):
    """A coordinator must be told once that a person's address refuses mail: in the next digest."""

    refused = models.ForeignKey(RefusedAddress, models.PROTECT, related_name="notices")
    recipient = models.ForeignKey(User, models.PROTECT, related_name="+")
    digest = models.ForeignKey(Digest, models.PROTECT, null=True, related_name="address_notices")

    class Meta:
        verbose_name = _("notice of a refused address")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["refused", "recipient"], name="addressnotice_unique")
        ]

    def __str__(self) -> str:
        return f"{self.refused_id} {self.recipient_id}"
