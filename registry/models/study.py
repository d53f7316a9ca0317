"""Studies, their protocols as data, and the centres that take part."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.centre import Centre
from registry.models.choices import AmendmentReach
from registry.models.rules import positive
from registry.protocols.reader import read_protocol
from registry.protocols.types import Protocol


class Study(models.Model):
    """A cohort followed under one protocol at a time."""

    key = models.SlugField(_("key"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    is_synthetic = models.BooleanField(
        _("synthetic data"), default=False, help_text=_("Made for demonstration; no real patient.")
    )
    dates_are_relative = models.BooleanField(
        _("dates are relative"),
        default=False,
        help_text=_("Only intervals between dates carry meaning; the calendar is shifted."),
    )
    target_accrual = models.PositiveIntegerField(_("planned patients"), null=True, blank=True)
    follow_up_ends_on = models.DateField(
        _("follow-up ends on"),
        null=True,
        blank=True,
        help_text=_("Close of the study: no visit is expected from this day on."),
    )
    note = models.TextField(_("note"), blank=True)
    centres: Any = models.ManyToManyField(
        Centre, through="registry.Participation", related_name="studies"
    )

    class Meta:
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title

    def protocol_version(self, on: dt.date | None = None) -> ProtocolVersion:
        """The protocol version in force on a day, today when none is named.

        That is the newest that is effective by then; before the first of them is, that one.

        Raises:
            ProtocolVersion.DoesNotExist: when the study has none yet.
        """
        day = on or timezone.localdate()
        effective = self.protocol_versions.filter(effective_on__lte=day).order_by("-number")
        return effective.first() or self.protocol_versions.earliest("number")


class Participation(models.Model):
    """A centre takes part in a study."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="participations")
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="participations")
    activated_on = models.DateField(_("activated on"), null=True, blank=True)
    target_accrual = models.PositiveIntegerField(_("planned patients"), null=True, blank=True)
    planned_per_month = models.DecimalField(
        _("planned patients per month"), max_digits=6, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = _("participation")
        ordering = ["study", "centre"]
        constraints = [
            models.UniqueConstraint(fields=["study", "centre"], name="participation_unique"),
            positive("participation", "planned_per_month"),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} – {self.centre.code}"


@lru_cache(maxsize=64)
def _read(source: str, name: str) -> Protocol:
    return read_protocol(source, name=name)


class ProtocolVersion(models.Model):
    """A protocol as data (TOML text). Immutable once a patient is enrolled under it."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="protocol_versions")
    number = models.PositiveSmallIntegerField(_("number"))
    effective_on = models.DateField(_("effective from"))
    applies_to = models.CharField(
        _("applies to"),
        max_length=12,
        choices=AmendmentReach.choices,
        default=AmendmentReach.NEW_PATIENTS,
    )
    source = models.TextField(_("protocol"), help_text=_("TOML, see docs/developers/protocols.md."))
    sha256 = models.CharField(_("SHA-256 of the source"), max_length=64, editable=False)

    class Meta:
        verbose_name = _("protocol version")
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="protocolversion_unique"),
            models.CheckConstraint(
                condition=Q(applies_to__in=AmendmentReach.values),
                name="protocolversion_applies_to_is_a_code",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store with the digest of the text."""
        self.sha256 = hashlib.sha256(self.source.encode()).hexdigest()
        super().save(*args, **kwargs)

    @property
    def protocol(self) -> Protocol:
        """The typed protocol.

        Raises:
            ProtocolError: when the stored text is not a protocol.
        """
        return _read(self.source, str(self))
