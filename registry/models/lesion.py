"""Lesions: what is irradiated and followed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.fields import PartialDateField
from registry.models.base import PatientRow
from registry.models.choices import Laterality, LesionStatus
from registry.models.rules import RowRules, numbered

LESION_RULES = RowRules(
    table="lesion",
    dates=["found_on", "recurred_on"],
    order=[("found_on", "recurred_on")],
    codes={"laterality": Laterality, "status": LesionStatus},
    above_zero=["longest_diameter_cm", "gtv_cm3"],
)


class Lesion(PatientRow):
    """A tumour manifestation at one place, or the bed it was removed from."""

    rules = LESION_RULES

    site = models.CharField(
        _("site"), max_length=60, blank=True, help_text=_("Code of the list region_site.")
    )
    topography = models.CharField(
        _("topography"), max_length=5, blank=True, help_text=_("ICD-O-3, such as C34.1.")
    )
    laterality = models.CharField(
        _("laterality"), max_length=10, choices=Laterality.choices, blank=True
    )
    description = models.CharField(_("description"), max_length=200, blank=True)
    status = models.CharField(_("status"), max_length=30, choices=LesionStatus.choices, blank=True)
    longest_diameter_cm = models.DecimalField(
        _("longest diameter (cm)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    gtv_cm3 = models.DecimalField(
        _("gross tumour volume (cm³)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    found_on = PartialDateField(_("found on"), null=True, blank=True)
    recurred_on = PartialDateField(_("recurred on"), null=True, blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("lesion")
        default_related_name = "lesions"
        constraints = [
            numbered("lesion"),
            *LESION_RULES.constraints(),
        ]
