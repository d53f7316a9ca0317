"""RT courses with phases, targets and organ doses (ICRU 83, 91, 93 terms)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from registry.fields import PartialDateField
from registry.models.base import ClinicalRow, PatientRow
from registry.models.choices import (
    DoseAlgorithm,
    Intent,
    MetricUnit,
    MotionManagement,
    PhaseKind,
    RadiationType,
    RbeModel,
    Technique,
)
from registry.models.lesion import Lesion
from registry.models.rules import RowRules, numbered

COURSE_RULES = RowRules(
    table="course",
    dates=["started_on", "ended_on"],
    order=[("started_on", "ended_on")],
    codes={
        "intent": Intent,
        "technique": Technique,
        "radiation_type": RadiationType,
        "rbe_model": RbeModel,
        "dose_algorithm": DoseAlgorithm,
        "motion_management": MotionManagement,
    },
    ranges={"interruption_days": (0, 365)},
    above_zero=["ct_slice_mm"],
)


class Course(PatientRow):
    """One course of radiotherapy. Total dose, BED, EQD2 and term are derived from its phases."""

    rules = COURSE_RULES

    intent = models.CharField(_("intent"), max_length=20, choices=Intent.choices, blank=True)
    technique = models.CharField(
        _("technique"), max_length=20, choices=Technique.choices, blank=True
    )
    radiation_type = models.CharField(
        _("radiation"), max_length=20, choices=RadiationType.choices, blank=True
    )
    started_on = PartialDateField(_("first fraction on"), null=True, blank=True)
    ended_on = PartialDateField(_("last fraction on"), null=True, blank=True)
    is_completed = models.BooleanField(
        _("completed as prescribed"), null=True, blank=True, help_text=_("No: stopped early.")
    )
    interruption_days = models.PositiveSmallIntegerField(
        _("unplanned interruption (days)"), null=True, blank=True
    )
    interruption_reason = models.CharField(_("reason for interruption"), max_length=200, blank=True)
    rbe_model = models.CharField(
        _("RBE model"),
        max_length=20,
        choices=RbeModel.choices,
        blank=True,
        help_text=_("For protons and ions; doses are then in Gy(RBE)."),
    )
    machine = models.CharField(_("machine"), max_length=100, blank=True)
    energy = models.CharField(_("energy"), max_length=40, blank=True, help_text=_("Such as 6 MV."))
    planning_system = models.CharField(_("planning system"), max_length=100, blank=True)
    dose_algorithm = models.CharField(
        _("dose algorithm"), max_length=30, choices=DoseAlgorithm.choices, blank=True
    )
    ct_slice_mm = models.DecimalField(
        _("planning CT slice (mm)"), max_digits=4, decimal_places=2, null=True, blank=True
    )
    simulation_4d = models.BooleanField(_("4D simulation"), null=True, blank=True)
    immobilisation = models.CharField(_("immobilisation"), max_length=100, blank=True)
    image_guidance = models.CharField(_("image guidance"), max_length=100, blank=True)
    motion_management = models.CharField(
        _("motion management"), max_length=20, choices=MotionManagement.choices, blank=True
    )
    comment = models.CharField(_("comment"), max_length=300, blank=True)

    class Meta(PatientRow.Meta):
        verbose_name = _("course")
        default_related_name = "courses"
        constraints = [
            numbered("course"),
            *COURSE_RULES.constraints(),
        ]

    @property
    def dose_unit(self) -> str:
        """Gy, or Gy(RBE) for protons and carbon ions."""
        weighted = {RadiationType.PROTON, RadiationType.CARBON}
        return "Gy(RBE)" if self.radiation_type in weighted else "Gy"


TARGET_RULES = RowRules(
    table="target",
    ranges={
        "prescription_isodose_percent": (1, 100),
        "ptv_coverage_percent": (0, 100),
        "ctv_margin_mm": (0, 200),
        "ptv_margin_mm": (0, 200),
    },
    above_zero=[
        "gtv_cm3",
        "ctv_cm3",
        "itv_cm3",
        "ptv_cm3",
        "ptv_d95_gy",
        "gtv_d99_gy",
        "conformity_index",
        "new_conformity_index",
        "homogeneity_index",
    ],
)


class Target(ClinicalRow):
    """A planning target volume: it may treat several lesions."""

    rules = TARGET_RULES

    patient_path = "course__patient"

    course = models.ForeignKey(Course, models.PROTECT, verbose_name=_("course"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    label = models.CharField(
        _("label"), max_length=40, blank=True, help_text=_("TG-263 name, such as PTV_5000.")
    )
    lesions: Any = models.ManyToManyField(Lesion, through="registry.TargetLesion")
    gtv_cm3 = models.DecimalField(
        _("GTV (cm³)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    ctv_cm3 = models.DecimalField(
        _("CTV (cm³)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    itv_cm3 = models.DecimalField(
        _("ITV (cm³)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    ptv_cm3 = models.DecimalField(
        _("PTV (cm³)"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    ctv_margin_mm = models.DecimalField(
        _("GTV to CTV margin (mm)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    ptv_margin_mm = models.DecimalField(
        _("CTV to PTV margin (mm)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    prescription_isodose_percent = models.DecimalField(
        _("prescription isodose (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    ptv_coverage_percent = models.DecimalField(
        _("PTV coverage (%)"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    ptv_d95_gy = models.DecimalField(
        _("PTV D95 % (Gy)"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    gtv_d99_gy = models.DecimalField(
        _("GTV D99 % (Gy)"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    conformity_index = models.DecimalField(
        _("conformity index (CI)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    new_conformity_index = models.DecimalField(
        _("new conformity index (nCI)"), max_digits=6, decimal_places=3, null=True, blank=True
    )
    homogeneity_index = models.DecimalField(
        _("homogeneity index (HI)"), max_digits=6, decimal_places=3, null=True, blank=True
    )

    class Meta:
        verbose_name = _("target")
        ordering = ["course", "number"]
        default_related_name = "targets"
        constraints = [
            numbered("target", "course"),
            *TARGET_RULES.constraints(),
        ]

    def __str__(self) -> str:
        return self.label or f"target {self.number}"


class TargetLesion(ClinicalRow):
    """A target treats a lesion."""

    patient_path = "target__course__patient"

    target = models.ForeignKey(Target, models.PROTECT, verbose_name=_("target"))
    lesion = models.ForeignKey(Lesion, models.PROTECT, verbose_name=_("lesion"))

    class Meta:
        verbose_name = _("lesion of a target")
        verbose_name_plural = _("lesions of targets")
        ordering = ["target", "lesion"]
        default_related_name = "target_lesions"
        constraints = [
            models.UniqueConstraint(
                fields=["target", "lesion"],
                condition=Q(voided_at__isnull=True),
                name="targetlesion_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.lesion}"


PHASE_RULES = RowRules(
    table="phase",
    codes={"kind": PhaseKind},
    ranges={"fraction_count": (1, 200), "fractions_per_week": (1, 21)},
    above_zero=["dose_gy"],
)


class Phase(ClinicalRow):
    """Part of a course with one dose per fraction: the initial volume, a boost.

    A phase without a target treats every target of its course.
    """

    rules = PHASE_RULES

    patient_path = "course__patient"

    course = models.ForeignKey(Course, models.PROTECT, verbose_name=_("course"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    kind = models.CharField(
        _("kind"), max_length=10, choices=PhaseKind.choices, default=PhaseKind.INITIAL
    )
    target = models.ForeignKey(
        Target,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("target"),
        help_text=_("Empty: all targets of the course."),
    )
    dose_gy = models.DecimalField(
        _("dose (Gy or Gy(RBE))"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Dose of the whole phase; Gy(RBE) for protons and ions."),
    )
    fraction_count = models.PositiveSmallIntegerField(_("fractions"), null=True, blank=True)
    fractions_per_week = models.PositiveSmallIntegerField(
        _("fractions per week"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("phase")
        ordering = ["course", "number"]
        default_related_name = "phases"
        constraints = [
            numbered("phase", "course"),
            *PHASE_RULES.constraints(),
        ]

    def __str__(self) -> str:
        return f"phase {self.number}"


DOSE_METRIC_RULES = RowRules(
    table="dosemetric", codes={"unit": MetricUnit}, above_zero=["eqd2_alpha_beta_gy"]
)


class DoseMetric(ClinicalRow):
    """A dose–volume figure of an organ at risk, as in TG-263 ("V20Gy[%]", "Max[Gy]")."""

    rules = DOSE_METRIC_RULES

    patient_path = "course__patient"

    course = models.ForeignKey(Course, models.PROTECT, verbose_name=_("course"))
    number = models.PositiveSmallIntegerField(_("number"), default=1)
    structure = models.CharField(
        _("structure"), max_length=40, help_text=_("TG-263 name, such as Lung_L.")
    )
    metric = models.CharField(
        _("metric"), max_length=20, help_text=_("Max, Mean, V20Gy, D2cm3, D95%, …")
    )
    value = models.DecimalField(_("value"), max_digits=8, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=10, choices=MetricUnit.choices)
    eqd2_alpha_beta_gy = models.DecimalField(
        _("α/β of the EQD2 correction (Gy)"),
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("Empty: physical dose."),
    )

    class Meta:
        verbose_name = _("dose metric")
        ordering = ["course", "number"]
        default_related_name = "dose_metrics"
        constraints = [
            numbered("dosemetric", "course"),
            *DOSE_METRIC_RULES.constraints(),
            models.CheckConstraint(
                condition=Q(value__gte=0) & (~Q(unit="%") | Q(value__lte=200)),
                name="dosemetric_value_in_range",
            ),
            # A volume is at most the whole; a dose may exceed the prescribed one.
            models.CheckConstraint(
                condition=~Q(unit="%", metric__startswith="V") | Q(value__lte=100),
                name="dosemetric_volume_at_most_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.structure} {self.metric}[{self.unit}]"
