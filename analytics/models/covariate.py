"""Groupings of covariates that people of a study have made."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.models import Study, User

CODE_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"


class CutKind(models.TextChoices):
    """How a grouping is made."""

    THRESHOLDS = "thresholds", _("Borders of a number")
    GROUPS = "groups", _("Groups of categories")


class StudyCovariate(models.Model):
    """A grouping of a covariate. It never changes: results were made with it.

    ``definition`` is read and written by :mod:`analytics.covariates.own`.
    """

    study = models.ForeignKey(Study, models.PROTECT, verbose_name=_("study"))
    code = models.CharField(
        _("code"), max_length=40, help_text=_("Small letters, digits and _; a letter first.")
    )
    label = models.CharField(_("label"), max_length=80)
    of = models.CharField(_("grouping of"), max_length=40, help_text=_("Code of the covariate."))
    kind = models.CharField(_("kind"), max_length=10, choices=CutKind.choices)
    definition = models.JSONField(_("definition"))
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
        help_text=_("Empty: by the installation."),
    )

    class Meta:
        verbose_name = _("covariate of a study")
        verbose_name_plural = _("covariates of studies")
        ordering = ["study", "code"]
        default_related_name = "covariates"
        constraints = [
            models.UniqueConstraint(fields=["study", "code"], name="studycovariate_code_unique"),
            models.UniqueConstraint(fields=["study", "label"], name="studycovariate_label_unique"),
            models.CheckConstraint(
                condition=Q(code__regex=CODE_PATTERN), name="studycovariate_code_is_one"
            ),
            models.CheckConstraint(condition=~Q(label=""), name="studycovariate_has_label"),
            models.CheckConstraint(
                condition=Q(kind__in=CutKind.values), name="studycovariate_kind_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(kind="thresholds", definition__has_key="borders")
                | Q(kind="groups", definition__has_key="groups"),
                name="studycovariate_definition_is_of_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study.key} {self.code}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new one.

        Raises:
            TypeError: for one that is stored already.
        """
        if not self._state.adding:
            raise TypeError("a covariate of a study is not changed: make a new one")
        super().save(*args, **kwargs)
