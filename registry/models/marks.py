"""What people say of forms beside entering them: source data verified, locked, signed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models.centre import User
from registry.models.choices import MarkKind
from registry.models.patient import Patient
from registry.models.rules import coded
from registry.scope import ScopedModel

WHOLE_CASE = "case"
"""``entity`` of a mark that holds for everything on the patient."""


class FormMark(ScopedModel):
    """A mark on one form of a patient, or on the whole case, until it is ended.

    A form is a row of the case with the rows that hang on it: a course with its phases and
    targets, an assessment with its imaging (see :mod:`registry.case_forms`).
    """

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    kind = models.CharField(_("mark"), max_length=10, choices=MarkKind.choices)
    entity = models.CharField(
        _("form"), max_length=40, help_text=_("Table of the form's first row, or “case”.")
    )
    row_id = models.BigIntegerField(_("row"), help_text=_("The patient's, for a whole case."))
    content_sha256 = models.CharField(
        _("SHA-256 of the content"), max_length=64, help_text=_("Of the form when it was marked.")
    )
    meaning = models.TextField(
        _("meaning"), blank=True, help_text=_("The sentence that was signed.")
    )
    code = models.CharField(
        _("signature code"),
        max_length=64,
        blank=True,
        help_text=_("HMAC-SHA-256 over person, time, meaning, form and content."),
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, verbose_name=_("person"))
    at = models.DateTimeField(_("at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    end_reason = models.TextField(_("reason of the end"), blank=True)

    class Meta:
        verbose_name = _("mark of a form")
        verbose_name_plural = _("marks of forms")
        ordering = ["at", "id"]
        default_related_name = "form_marks"
        constraints = [
            coded("formmark", "kind", MarkKind),
            models.CheckConstraint(
                condition=~Q(kind="signed") | (~Q(code="") & ~Q(meaning="") & Q(by__isnull=False)),
                name="formmark_signature_is_bound",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(end_reason=""),
                name="formmark_end_has_reason",
            ),
            models.UniqueConstraint(
                fields=["patient", "entity", "row_id", "kind"],
                condition=Q(ended_at__isnull=True) & ~Q(kind="signed"),
                name="formmark_one_in_force",
            ),
            models.UniqueConstraint(
                fields=["patient", "entity", "row_id", "by"],
                condition=Q(ended_at__isnull=True, kind="signed"),
                name="formmark_one_signature_each",
            ),
        ]
        indexes = [
            models.Index(
                fields=["patient"],
                condition=Q(kind="locked", ended_at__isnull=True),
                name="formmark_locks",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity} {self.row_id}"
