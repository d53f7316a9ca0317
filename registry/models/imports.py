"""Imports in the browser: what was uploaded and how far it is, and mappings that were kept."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.fields import EncryptedTextField
from registry.models.centre import Centre, User
from registry.models.rules import coded
from registry.models.study import Study
from registry.scope import Scope, ScopedModel


class ImportState(models.TextChoices):
    """How far an upload is."""

    UPLOADED = "uploaded", _("Uploaded")
    MAPPED = "mapped", _("Ready to be checked")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    IMPORTING = "importing", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


RUNNING = frozenset({ImportState.CHECKING, ImportState.IMPORTING})
"""States in which a worker is at it, or is about to be."""

OVER = frozenset({ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED})
"""States that nothing leads out of."""


class ImportUpload(ScopedModel):
    """Files that a person uploaded for a centre and a study, on their way into the registry.

    Holds neither contents of the files nor identities. The files lie encrypted in the folder
    ``UPLOAD_DIR`` under random names and are removed with the end of the import.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+", verbose_name=_("centre"))
    study = models.ForeignKey(Study, models.PROTECT, related_name="+", verbose_name=_("study"))
    at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    files = models.JSONField(
        _("files"), default=list, help_text=_("Name, name in the folder and size (bytes) of each.")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ImportState.choices, default=ImportState.UPLOADED
    )
    mapping_title = models.CharField(_("mapping"), max_length=200, blank=True)
    mapping_source = models.TextField(
        _("text of the mapping"), blank=True, help_text=_("TOML; empty for the native format.")
    )
    rows_done = models.PositiveIntegerField(_("rows done"), default=0)
    rows_total = models.PositiveIntegerField(_("rows in all"), default=0)
    patients_done = models.PositiveIntegerField(
        _("patients done"), default=0, help_text=_("From here a stopped import goes on.")
    )
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    problem = models.TextField(_("why it failed"), blank=True)
    claim = models.UUIDField(_("worker at it"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last sign of the worker"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    files_removed_at = models.DateTimeField(_("files removed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        ordering = ["-at", "-id"]
        constraints = [coded("importupload", "state", ImportState)]
        indexes = [
            models.Index(
                fields=["at"],
                condition=Q(files_removed_at__isnull=True),
                name="importupload_with_files",
            )
        ]

    def __str__(self) -> str:
        return str(self.key)

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q:
        """Those who enter cases at the centre, and nobody else."""
        return Q(centre__in=scope.centre_ids)

    @property
    def is_running(self) -> bool:
        """Whether a worker is at it, or is about to be."""
        return self.state in RUNNING

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in OVER


class ImportPiece(ScopedModel):
    """What was found in some patients of an import: refused rows with their cells, and remarks.

    Encrypted, since the rows may be those of names. Written in one transaction with the patients,
    so that a stopped import goes on without saying anything twice; removed with the files.
    """

    upload = models.ForeignKey(
        ImportUpload, models.CASCADE, related_name="pieces", verbose_name=_("import")
    )
    stage = models.CharField(_("stage"), max_length=10)
    number = models.PositiveIntegerField(_("number"))
    body = EncryptedTextField(_("findings"), help_text=_("JSON."))

    class Meta:
        verbose_name = _("findings of an import")
        verbose_name_plural = _("findings of imports")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "stage", "number"], name="importpiece_unique")
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.number} of import {self.upload_id}"

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q:
        """As for the import."""
        return Q(upload__centre__in=scope.centre_ids)


class SavedMapping(ScopedModel):
    """A mapping that a centre keeps for its own files, or for all centres of a study."""

    name = models.CharField(_("name"), max_length=80)
    source = models.TextField(_("text"), help_text=_("TOML, see docs/import.md."))
    centre = models.ForeignKey(
        Centre, models.PROTECT, related_name="+", verbose_name=_("owner centre")
    )
    study = models.ForeignKey(
        Study,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shared in the study"),
        help_text=_("Every centre of the study may use it; empty: the owner centre only."),
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    at = models.DateTimeField(_("saved at"), default=timezone.now)

    class Meta:
        verbose_name = _("saved mapping")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "name"], name="savedmapping_name_unique"),
            models.CheckConstraint(condition=~Q(name=""), name="savedmapping_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_condition(cls, scope: Scope) -> Q:
        """The owner centre, and the centres of the study it is shared in."""
        shared = Study.centres.through.objects.filter(centre__in=scope.centre_ids)
        return Q(centre__in=scope.centre_ids) | Q(study__in=shared.values("study"))
