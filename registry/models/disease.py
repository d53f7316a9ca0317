"""The disease and what was done about it before and beside the registered courses."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.fields import PartialDateField
from registry.models.base import ClinicalRow, PatientRow
from registry.models.choices import (
    AjccEdition,
    Comorbidity,
    Depth,
    FnclccGrade,
    Laterality,
    Procedure,
    RadiationType,
    ResidualTumour,
    Setting,
    TherapyKind,
    TherapyTiming,
    ViableSites,
)
from registry.models.patient import Patient
from registry.models.rules import RowRules, numbered

DISEASE_RULES = RowRules(
    table="disease",
    dates=["diagnosed_on"],
    codes={
        "laterality": Laterality,
        "grade": FnclccGrade,
        "depth": Depth,
        "ajcc_edition": AjccEdition,
    },
    ranges={
        "differentiation_score": (1, 3),
        "mitosis_score": (1, 3),
        "necrosis_score": (0, 2),
    },
    above_zero=["size_cm"],
)


class Disease(PatientRow):
    """A sarcoma: site, histology, grade, stage."""

    rules = DISEASE_RULES

    diagnosed_on = PartialDateField(
        _("diagnosed on"), null=True, blank=True, help_text=_("Date of pathological diagnosis.")
    )
    site = models.CharField(
        _("primary site"), max_length=60, blank=True, help_text=_("Code of the list region_site.")
    )
    topography = models.CharField(
        _("topography"), max_length=5, blank=True, help_text=_("ICD-O-3, such as C49.2.")
    )
    laterality = models.CharField(
        _("laterality"), max_length=10, choices=Laterality.choices, blank=True
    )
    morphology = models.CharField(
        _("morphology"), max_length=6, blank=True, help_text=_("ICD-O-3, such as 8890/3.")
    )
    histology = models.CharField(
        _("histology as reported"), max_length=200, blank=True, help_text=_("Words of the report.")
    )
    grade = models.CharField(
        _("FNCLCC grade"), max_length=1, choices=FnclccGrade.choices, blank=True
    )
    differentiation_score = models.PositiveSmallIntegerField(
        _("FNCLCC differentiation score"), null=True, blank=True
    )
    mitosis_score = models.PositiveSmallIntegerField(
        _("FNCLCC mitosis score"), null=True, blank=True
    )
    necrosis_score = models.PositiveSmallIntegerField(
        _("FNCLCC necrosis score"), null=True, blank=True
    )
    size_cm = models.DecimalField(
        _("largest diameter (cm)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    depth = models.CharField(_("depth"), max_length=12, choices=Depth.choices, blank=True)
    t_category = models.CharField(_("T"), max_length=4, blank=True)
    n_category = models.CharField(_("N"), max_length=4, blank=True)
    m_category = models.CharField(_("M"), max_length=4, blank=True)
    ajcc_edition = models.PositiveSmallIntegerField(
        _("AJCC edition"), choices=AjccEdition.choices, null=True, blank=True
    )
    ajcc_stage = models.CharField(_("AJCC stage"), max_length=5, blank=True)
    metastatic_at_diagnosis = models.BooleanField(
        _("metastatic at diagnosis"), null=True, blank=True
    )
    multifocal = models.BooleanField(_("multifocal"), null=True, blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("disease")
        default_related_name = "diseases"
        constraints = [
            numbered("disease"),
            *DISEASE_RULES.constraints(),
            models.CheckConstraint(
                condition=Q(ajcc_stage="") | Q(ajcc_edition__isnull=False),
                name="disease_stage_names_edition",
            ),
        ]


class TreatmentHistory(ClinicalRow):
    """Whether a patient had surgery, systemic therapy or earlier RT: "no" is an answer too."""

    patient = models.ForeignKey(Patient, models.PROTECT, verbose_name=_("patient"))
    had_surgery = models.BooleanField(_("operated for the sarcoma"), null=True, blank=True)
    had_systemic_therapy = models.BooleanField(_("had systemic therapy"), null=True, blank=True)
    had_prior_radiotherapy = models.BooleanField(
        _("had radiotherapy before"),
        null=True,
        blank=True,
        help_text=_("Before the first registered course."),
    )

    class Meta:
        verbose_name = _("treatment history")
        verbose_name_plural = _("treatment histories")
        ordering = ["patient"]
        default_related_name = "treatment_histories"
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(voided_at__isnull=True),
                name="treatmenthistory_only_one",
            )
        ]

    def __str__(self) -> str:
        return f"treatment history of patient {self.patient_id}"


SURGERY_RULES = RowRules(
    table="surgery",
    dates=["performed_on"],
    codes={"procedure": Procedure, "residual_tumour": ResidualTumour},
    ranges={"margin_mm": (0, 1000), "operation_count": (1, 50)},
)


class Surgery(PatientRow):
    """An operation for the sarcoma."""

    rules = SURGERY_RULES

    performed_on = PartialDateField(_("performed on"), null=True, blank=True)
    procedure = models.CharField(
        _("procedure"), max_length=30, choices=Procedure.choices, blank=True
    )
    residual_tumour = models.CharField(
        _("residual tumour"), max_length=2, choices=ResidualTumour.choices, blank=True
    )
    margin_mm = models.DecimalField(
        _("closest margin (mm)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    operation_count = models.PositiveSmallIntegerField(
        _("number of operations"),
        null=True,
        blank=True,
        help_text=_("Operations for this tumour up to and with this one."),
    )
    description = models.CharField(_("description"), max_length=200, blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("surgery")
        verbose_name_plural = _("surgeries")
        default_related_name = "surgeries"
        constraints = [
            numbered("surgery"),
            *SURGERY_RULES.constraints(),
        ]


SYSTEMIC_THERAPY_RULES = RowRules(
    table="systemictherapy",
    dates=["started_on", "ended_on"],
    order=[("started_on", "ended_on")],
    codes={"kind": TherapyKind, "timing": TherapyTiming},
    ranges={"cycle_count": (1, 200)},
)


class SystemicTherapy(PatientRow):
    """Drug or interventional treatment."""

    rules = SYSTEMIC_THERAPY_RULES

    kind = models.CharField(_("kind"), max_length=20, choices=TherapyKind.choices)
    timing = models.CharField(_("timing"), max_length=20, choices=TherapyTiming.choices, blank=True)
    regimen = models.CharField(_("regimen"), max_length=200, blank=True)
    started_on = PartialDateField(_("started on"), null=True, blank=True)
    ended_on = PartialDateField(_("ended on"), null=True, blank=True)
    is_ongoing = models.BooleanField(_("ongoing"), null=True, blank=True)
    cycle_count = models.PositiveSmallIntegerField(_("cycles"), null=True, blank=True)
    best_response = models.CharField(_("best response"), max_length=60, blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("systemic therapy")
        verbose_name_plural = _("systemic therapies")
        default_related_name = "systemic_therapies"
        constraints = [
            numbered("systemictherapy"),
            *SYSTEMIC_THERAPY_RULES.constraints(),
        ]


PRIOR_RADIOTHERAPY_RULES = RowRules(
    table="priorradiotherapy",
    dates=["ended_on"],
    codes={"radiation_type": RadiationType},
    above_zero=["dose_gy", "fraction_count"],
)


class PriorRadiotherapy(PatientRow):
    """RT given before the first registered course."""

    rules = PRIOR_RADIOTHERAPY_RULES

    site = models.CharField(_("site"), max_length=60, blank=True)
    radiation_type = models.CharField(
        _("radiation"), max_length=20, choices=RadiationType.choices, blank=True
    )
    dose_gy = models.DecimalField(
        _("dose (Gy or Gy(RBE))"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    fraction_count = models.PositiveSmallIntegerField(_("fractions"), null=True, blank=True)
    ended_on = PartialDateField(_("ended on"), null=True, blank=True)
    relapse_in_field = models.BooleanField(
        _("relapse in the earlier field"),
        null=True,
        blank=True,
        help_text=_("Then a course at that site is a re-irradiation."),
    )

    class Meta(PatientRow.Meta):
        verbose_name = _("prior radiotherapy")
        verbose_name_plural = _("prior radiotherapies")
        default_related_name = "prior_radiotherapies"
        constraints = [
            numbered("priorradiotherapy"),
            *PRIOR_RADIOTHERAPY_RULES.constraints(),
        ]


_CONDITION = "(" + "|".join(Comorbidity.values) + ")"
COMORBIDITIES_PATTERN = f"^(none|{_CONDITION}(;{_CONDITION})*)$"
"""Codes of the conditions a patient has, joined by semicolons; "none" when there is none."""

BASELINE_RULES = RowRules(
    table="baseline",
    dates=["assessed_on"],
    codes={"setting": Setting, "viable_sites": ViableSites},
    ranges={"ecog": (0, 5), "cci": (0, 37), "cci_age_adjusted": (0, 43)},
)


class Baseline(PatientRow):
    """State of the patient when a course begins (or at enrolment, without a course)."""

    rules = BASELINE_RULES

    course = models.ForeignKey(
        "registry.Course", models.PROTECT, null=True, blank=True, verbose_name=_("course")
    )
    assessed_on = PartialDateField(_("assessed on"), null=True, blank=True)
    ecog = models.PositiveSmallIntegerField(_("ECOG performance status"), null=True, blank=True)
    kps = models.PositiveSmallIntegerField(_("Karnofsky performance status"), null=True, blank=True)
    cci = models.PositiveSmallIntegerField(_("Charlson Comorbidity Index"), null=True, blank=True)
    cci_age_adjusted = models.PositiveSmallIntegerField(
        _("age-adjusted Charlson Comorbidity Index"), null=True, blank=True
    )
    comorbidities = models.CharField(
        _("comorbidities"),
        max_length=400,
        blank=True,
        help_text=_("Conditions of the Charlson index, joined by semicolons; none: there is none."),
    )
    setting = models.CharField(
        _("disease setting"), max_length=20, choices=Setting.choices, blank=True
    )
    concurrent_lesion_count = models.PositiveSmallIntegerField(
        _("concurrent lesions"), null=True, blank=True, help_text=_("At the first RT.")
    )
    viable_sites = models.CharField(
        _("viable sites"), max_length=10, choices=ViableSites.choices, blank=True
    )

    class Meta(PatientRow.Meta):
        verbose_name = _("baseline")
        default_related_name = "baselines"
        constraints = [
            numbered("baseline"),
            *BASELINE_RULES.constraints(),
            models.CheckConstraint(
                condition=Q(kps__isnull=True) | Q(kps__in=range(0, 101, 10)),
                name="baseline_kps_in_tens",
            ),
            models.CheckConstraint(
                condition=Q(comorbidities="") | Q(comorbidities__regex=COMORBIDITIES_PATTERN),
                name="baseline_comorbidities_are_codes",
            ),
        ]
