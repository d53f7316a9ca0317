"""Terminology tables: CTCAE terms with the grades that exist, and other code lists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CtcaeTerm(models.Model):
    """An adverse event term of one CTCAE release."""

    release = models.CharField(_("release"), max_length=5, help_text=_("3.0, 4.03, 5.0 or 6.0."))
    soc = models.CharField(_("system organ class"), max_length=120)
    term = models.CharField(_("term"), max_length=250)

    class Meta:
        verbose_name = _("CTCAE term")
        ordering = ["release", "soc", "term"]
        constraints = [models.UniqueConstraint(fields=["release", "term"], name="ctcaeterm_unique")]

    def __str__(self) -> str:
        return f"{self.term} (CTCAE {self.release})"


class CtcaeGrade(models.Model):
    """A grade that a term has; the official text is loaded by the site from the NCI workbook."""

    term = models.ForeignKey(CtcaeTerm, models.PROTECT, related_name="grades")
    grade = models.PositiveSmallIntegerField(_("grade"))
    official_text = models.TextField(_("official text"), blank=True)

    class Meta:
        verbose_name = _("CTCAE grade")
        ordering = ["term", "grade"]
        constraints = [
            models.UniqueConstraint(fields=["term", "grade"], name="ctcaegrade_unique"),
            models.CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=5), name="ctcaegrade_grade_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} G{self.grade}"


class Code(models.Model):
    """A code of a list: ICD-O-3 morphology and topography, TG-263 structures, regions and sites."""

    system = models.CharField(_("system"), max_length=30)
    code = models.CharField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    group = models.CharField(_("group"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("code")
        ordering = ["system", "code"]
        constraints = [models.UniqueConstraint(fields=["system", "code"], name="code_unique")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
