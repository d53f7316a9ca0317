"""Visits that took place: imaging, responses of lesions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.fields import PartialDateField
from registry.models.base import ClinicalRow, PatientRow
from registry.models.choices import (
    AssessmentKind,
    DiseaseStatus,
    ImagingRegion,
    Modality,
    Response,
)
from registry.models.lesion import Lesion
from registry.models.rules import RowRules, numbered

ASSESSMENT_RULES = RowRules(
    table="assessment",
    dates=["assessed_on"],
    codes={"kind": AssessmentKind, "disease_status": DiseaseStatus},
    # ECOG 5 is death: a person who was seen is at most 4.
    ranges={"ecog": (0, 4)},
)


class Assessment(PatientRow):
    """A contact at which the patient was known to be alive."""

    rules = ASSESSMENT_RULES

    assessed_on = PartialDateField(_("assessed on"), null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=AssessmentKind.choices)
    toxicity_assessed = models.BooleanField(
        _("toxicity assessed"),
        null=True,
        blank=True,
        help_text=_("Yes, also when there was none; then no toxicity is a finding."),
    )
    ecog = models.PositiveSmallIntegerField(_("ECOG performance status"), null=True, blank=True)
    kps = models.PositiveSmallIntegerField(_("Karnofsky performance status"), null=True, blank=True)
    disease_status = models.CharField(
        _("disease status"), max_length=20, choices=DiseaseStatus.choices, blank=True
    )
    comment = models.TextField(_("comment"), blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("assessment")
        default_related_name = "assessments"
        constraints = [
            numbered("assessment"),
            *ASSESSMENT_RULES.constraints(),
            models.CheckConstraint(
                condition=Q(kps__isnull=True) | Q(kps__in=range(10, 101, 10)),
                name="assessment_kps_in_tens",
            ),
        ]


IMAGING_STUDY_RULES = RowRules(
    table="imagingstudy",
    dates=["performed_on"],
    codes={"modality": Modality, "region": ImagingRegion},
)


class ImagingStudy(ClinicalRow):
    """An examination of one region with one modality."""

    rules = IMAGING_STUDY_RULES

    patient_path = "assessment__patient"

    assessment = models.ForeignKey(Assessment, models.PROTECT, verbose_name=_("assessment"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    modality = models.CharField(_("modality"), max_length=12, choices=Modality.choices)
    region = models.CharField(_("region"), max_length=20, choices=ImagingRegion.choices)
    performed_on = PartialDateField(
        _("performed on"), null=True, blank=True, help_text=_("Empty: on the day of the visit.")
    )
    with_contrast = models.BooleanField(_("with contrast"), null=True, blank=True)

    class Meta:
        verbose_name = _("imaging study")
        verbose_name_plural = _("imaging studies")
        ordering = ["assessment", "number"]
        default_related_name = "imaging_studies"
        constraints = [
            numbered("imagingstudy", "assessment"),
            *IMAGING_STUDY_RULES.constraints(),
        ]

    def __str__(self) -> str:
        return f"{self.get_modality_display()} {self.get_region_display()}"


LESION_ASSESSMENT_RULES = RowRules(
    table="lesionassessment",
    codes={"response": Response},
    # Zero is a measurement: the lesion is gone.
    ranges={"longest_diameter_cm": (0, 100)},
)


class LesionAssessment(ClinicalRow):
    """Response of one lesion at an assessment (RECIST 1.1)."""

    rules = LESION_ASSESSMENT_RULES

    patient_path = "assessment__patient"

    assessment = models.ForeignKey(Assessment, models.PROTECT, verbose_name=_("assessment"))
    lesion = models.ForeignKey(Lesion, models.PROTECT, verbose_name=_("lesion"))
    longest_diameter_cm = models.DecimalField(
        _("longest diameter (cm)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    response = models.CharField(_("response"), max_length=2, choices=Response.choices, blank=True)

    class Meta:
        verbose_name = _("lesion assessment")
        ordering = ["assessment", "lesion"]
        default_related_name = "lesion_assessments"
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "lesion"],
                condition=Q(voided_at__isnull=True),
                name="lesionassessment_once",
            ),
            *LESION_ASSESSMENT_RULES.constraints(),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.lesion.number}"
