"""An analysis as it was at a moment, kept for good."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.models.for_good import StoredForGood
from analytics.models.whole_studies import OfWholeStudies
from registry.models import Study, User


class Snapshot(StoredForGood):
    """A frozen analysis of a whole study. The database refuses to change or remove it.

    ``bundle`` is the archive that people are given; results, definitions, figures and rows are
    read from it (:mod:`analytics.snapshots.stored`). The columns beside it say what lists and
    searches need. None of them is known to the bundle but those that follow from its content, so
    that the same facts frozen twice are the same bytes.
    """

    study = models.ForeignKey(Study, models.PROTECT, verbose_name=_("study"))
    number = models.PositiveIntegerField(_("number"), help_text=_("Within the study, from 1 on."))
    data_cut = models.DateField(
        _("data cut"),
        null=True,
        blank=True,
        help_text=_("Last day whose facts count; empty where dates are relative."),
    )
    known_at = models.DateTimeField(
        _("known at"), help_text=_("What was on file at that moment (UTC) is in it.")
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
    note = models.TextField(_("note"), blank=True)
    protocol_version = models.PositiveSmallIntegerField(_("protocol version"))
    protocol_sha256 = models.CharField(_("SHA-256 of the protocol"), max_length=64)
    code_version = models.CharField(_("version of the registry"), max_length=40)
    patient_count = models.PositiveIntegerField(_("patients"))
    rows_sha256 = models.CharField(_("SHA-256 of the rows"), max_length=64)
    bundle_sha256 = models.CharField(_("SHA-256 of the bundle"), max_length=64)
    bundle = models.BinaryField(_("bundle"))

    objects = OfWholeStudies()

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["study", "-number"]
        default_related_name = "snapshots"
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="snapshot_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="snapshot_number_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} snapshot {self.number}"

    @property
    def name(self) -> str:
        """Name of its files; it tells nothing about a patient."""
        return f"{self.study.key}-snapshot-{self.number}"
