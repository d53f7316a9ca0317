"""Covariates that are on file as they are: the columns of the cohort's frames."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Choices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.cohort.cohort import Cohort
from analytics.covariates.covariate import Covariate, Level
from analytics.covariates.cuts import Categories
from registry.models.choices import (
    Depth,
    FnclccGrade,
    Intent,
    LesionStatus,
    Procedure,
    RadiationType,
    ResidualTumour,
    Setting,
    Sex,
    Technique,
    ViableSites,
)
from registry.number_text import general
from registry.operation import surgery_follows_rt
from registry.protocols.vocabulary import TimePoint
from registry.staging.codes import CATEGORIES, STAGES
from registry.terminology.codes import codes, group_names


def recorded(cohort: Cohort) -> Iterator[Covariate]:
    """Every recorded value that is known at the time origin, patients' values first."""
    yield from _baseline()
    yield from _disease()
    if knows_operation(cohort):
        yield from _surgery()
    yield from _other_treatment()
    yield from _first_course(cohort)
    yield from _lesion(cohort)
    centres = sorted(set(cohort.patients["SITEID"]))
    yield _category("centre", _("Centre"), tuple((code, code) for code in centres), "SITEID")


def knows_operation(cohort: Cohort) -> bool:
    """False where the protocol operates after its time origin: margins are later values then."""
    protocol = cohort.protocol
    return protocol.time_origin is TimePoint.SURGERY or not surgery_follows_rt(protocol.schedule)


def _baseline() -> Iterator[Covariate]:
    yield _category("sex", _("Sex"), _choices(Sex))
    yield _number("age", _("Age"), _("years"))
    yield _number("ecog", _("ECOG performance status"))
    yield _number("kps", _("Karnofsky performance status"), "%")
    yield _number("cci", _("Charlson Comorbidity Index"))
    yield _number("cci_age_adjusted", _("Age-adjusted Charlson Comorbidity Index"))
    yield _category("setting", _("Disease setting"), _choices(Setting))
    yield _number("concurrent_lesion_count", _("Concurrent lesions"))
    yield _category("viable_sites", _("Viable sites"), _choices(ViableSites))


def _disease() -> Iterator[Covariate]:
    yield _category("site", _("Primary site"), _listed("region_site"))
    yield _category("site_region", _("Region of the primary"), _groups("region_site"))
    yield _category("morphology", _("Morphology (ICD-O-3)"), _listed("icdo3_morphology"))
    yield _category("histology_group", _("Histology (WHO group)"), _groups("icdo3_morphology"))
    yield _category("grade", _("FNCLCC grade"), _choices(FnclccGrade))
    yield _number("size_cm", _("Size"), "cm")
    yield _category("depth", _("Depth"), _choices(Depth))
    for name, letter in (("t_category", "T"), ("n_category", "N"), ("m_category", "M")):
        used = sorted({code for row in CATEGORIES.values() for code in getattr(row, name)})
        yield _category(name, letter, tuple((code, code) for code in used))
    yield _category("ajcc_stage", _("AJCC stage"), tuple((stage, stage) for stage in STAGES))
    yield _yes_no("metastatic_at_diagnosis", _("Metastatic at diagnosis"))
    yield _yes_no("multifocal", _("Multifocal"))
    yield _number("diagnosis_to_rt_days", _("Diagnosis to radiotherapy"), _("days"))
    yield _number("diagnosis_to_relapse_days", _("Diagnosis to relapse"), _("days"))


def _surgery() -> Iterator[Covariate]:
    yield _yes_no("had_surgery", _("Surgery"))
    yield _category("procedure", _("Procedure"), _choices(Procedure))
    yield _category("residual_tumour", _("Residual tumour"), _choices(ResidualTumour))
    yield _number("margin_mm", _("Closest margin"), "mm")
    yield _number("operation_count", _("Number of operations"))
    yield _number("surgery_to_rt_days", _("Surgery to radiotherapy"), _("days"))


def _other_treatment() -> Iterator[Covariate]:
    yield _yes_no("had_chemotherapy", _("Chemotherapy before or with radiotherapy"))
    yield _yes_no("chemotherapy_before_rt", _("Chemotherapy before radiotherapy"))
    yield _yes_no("had_targeted_therapy", _("Targeted therapy"))
    yield _yes_no("had_immunotherapy", _("Immunotherapy"))
    yield _yes_no("had_interventional_therapy", _("Interventional therapy"))
    yield _yes_no("had_prior_radiotherapy", _("Earlier radiotherapy"))


def _first_course(cohort: Cohort) -> Iterator[Covariate]:
    if cohort.protocol.time_origin in (TimePoint.DIAGNOSIS, TimePoint.ENROLMENT):
        # Elsewhere everybody is irradiated.
        yield _yes_no("had_radiotherapy", _("Radiotherapy before any progression"))
    yield _category("intent", _("Intent"), _choices(Intent))
    yield _category("technique", _("Technique"), _choices(Technique))
    yield _category("radiation_type", _("Radiation"), _choices(RadiationType))
    yield from _doses(cohort, "", "patient")
    yield _number("eqd2_normal_gy", _eqd2(cohort.protocol.dose.alpha_beta_normal), _gy(cohort))
    yield _number("target_count", _("Targets"))
    yield _number("treated_lesion_count", _("Treated lesions"))
    yield _number("gtv_cm3", _("GTV"), "cm³")
    yield _number("ptv_cm3", _("PTV"), "cm³")


def _lesion(cohort: Cohort) -> Iterator[Covariate]:
    yield _category("lesion_site", _("Site of the lesion"), _listed("region_site"), level="lesion")
    yield _category(
        "lesion_site_region", _("Region of the lesion"), _groups("region_site"), level="lesion"
    )
    yield _category(
        "lesion_status", _("Status of the lesion"), _choices(LesionStatus), level="lesion"
    )
    yield _category(
        "lesion_technique", _("Technique (lesion)"), _choices(Technique), level="lesion"
    )
    yield from _doses(cohort, "lesion_", "lesion")
    for name, label, unit in (
        ("diameter_cm", _("Longest diameter of the lesion"), "cm"),
        ("gtv_cm3", _("GTV of the lesion"), "cm³"),
        ("ptv_cm3", _("PTV of the lesion"), "cm³"),
        ("isodose_percent", _("Prescription isodose"), "%"),
        ("coverage_percent", _("PTV coverage"), "%"),
        ("conformity_index", _("Conformity index"), ""),
        ("new_conformity_index", _("New conformity index"), ""),
        ("homogeneity_index", _("Homogeneity index"), ""),
    ):
        yield _number(f"lesion_{name}", label, unit, level="lesion")


def _doses(cohort: Cohort, prefix: str, level: Level) -> Iterator[Covariate]:
    policy, unit = cohort.protocol.dose, _gy(cohort)
    for name, label, unit_text in (
        ("dose_gy", _("Dose"), unit),
        ("fraction_count", _("Fractions"), ""),
        ("dose_per_fraction_gy", _("Dose per fraction"), unit),
        ("bed_tumour_gy", _bed(policy.alpha_beta_tumour), unit),
        ("bed_normal_gy", _bed(policy.alpha_beta_normal), unit),
        ("eqd2_tumour_gy", _eqd2(policy.alpha_beta_tumour), unit),
    ):
        words = label if level == "patient" else _("%(value)s (lesion)") % {"value": label}
        yield _number(prefix + name, words, unit_text, level=level)


def _bed(alpha_beta: float) -> str:
    return _("BED, α/β = %(value)s Gy") % {"value": general(alpha_beta)}


def _eqd2(alpha_beta: float) -> str:
    return _("EQD2, α/β = %(value)s Gy") % {"value": general(alpha_beta)}


def _gy(cohort: Cohort) -> str:
    return cohort.protocol.dose.unit.value


def _number(code: str, label: str, unit_text: str = "", *, level: Level = "patient") -> Covariate:
    return Covariate(code, label, "number", unit_text, level, column=code)


def _category(
    code: str, label: str, categories: Categories, column: str = "", *, level: Level = "patient"
) -> Covariate:
    return Covariate(
        code, label, "category", level=level, categories=categories, column=column or code
    )


def _yes_no(code: str, label: str) -> Covariate:
    answers = (("no", pgettext("answer", "no")), ("yes", pgettext("answer", "yes")))
    return _category(code, label, answers)


def _choices(listed: type[Choices]) -> Categories:
    return tuple((str(code), str(label)) for code, label in listed.choices)


def _listed(system: str) -> Categories:
    return tuple((row.code, _(row.name)) for row in codes(system))


def _groups(system: str) -> Categories:
    return tuple((group, _(name)) for group, name in group_names(system).items())
