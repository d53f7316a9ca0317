"""What every clinical row carries."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.rules import RowRules
from registry.scope import ScopedModel


class ClinicalRow(ScopedModel):
    """A fact about a patient: versioned for concurrent editing, voided instead of deleted.

    ``missing`` says for single fields why they hold nothing: {"kps": "not_done"}.
    """

    missing = models.JSONField(
        _("reasons for missing values"),
        default=dict,
        blank=True,
        help_text=_("Field name → not_done, unknown, not_applicable or refused."),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True, editable=False)
    void_reason = models.TextField(_("reason for voiding"), blank=True, editable=False)

    rules: ClassVar[RowRules | None] = None

    class Meta:
        abstract = True

    @classmethod
    def entity(cls) -> str:
        """Name of the table in messages, exchange files and protocols: "toxicity_event"."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @property
    def is_void(self) -> bool:
        """True when the row was taken back."""
        return self.voided_at is not None

    def reason_missing(self, field: str) -> str:
        """Code of the reason why a field is empty, "" when none was given."""
        return str(self.missing.get(field, ""))

    @classmethod
    def content_fields(cls) -> tuple[models.Field[Any, Any], ...]:
        """The columns a person fills in: all but keys and bookkeeping."""
        return _content_fields(cls)


@cache
def _content_fields(model: type[ClinicalRow]) -> tuple[models.Field[Any, Any], ...]:
    # Asked several times for every row of an import, and the same every time.
    bookkeeping = {"id", "missing", "version", "voided_at", "void_reason"}
    return tuple(
        field
        for field in model._meta.concrete_fields
        if field.name not in bookkeeping and not field.primary_key
    )


class PatientRow(ClinicalRow):
    """One of several rows of a patient, numbered 1, 2, … (CDISC --SEQ): the key across systems."""

    patient = models.ForeignKey("registry.Patient", models.PROTECT, verbose_name=_("patient"))
    number = models.PositiveSmallIntegerField(
        _("number"), default=1, help_text=_("1, 2, … within the patient; never used twice.")
    )

    class Meta:
        abstract = True
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"
