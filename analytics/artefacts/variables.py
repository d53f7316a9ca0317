"""What the tables of characteristics show, in their order: a line here is a line there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.figures import DAYS_PER_MONTH


class Kind(StrEnum):
    """How a variable is shown."""

    NUMBER = "number"  # median and range
    SCORE = "score"  # a number, counted value by value
    LEVELS = "levels"  # codes, in the order of their list
    NESTED = "nested"  # codes in their groups, the most frequent first
    YES = "yes"  # one line: how many "yes"


@dataclass(frozen=True)
class Variable:
    """A column of the patients or lesions as a reader sees it.

    Attributes:
        parent: of a nested variable, the column of the groups.
        most: of a nested variable, up to how many codes are listed; beyond, the groups alone.
        among: a column and the codes in it of those whom the variable applies to; () for all.
        divisor: what the column is divided by to come to the unit of the label.
        digits: decimals of a number.
        categories: codes with labels in their order, where no list of the registry has them.
    """

    column: str
    label: str | Promise
    kind: Kind = Kind.LEVELS
    parent: str = ""
    most: int | None = None
    among: tuple[str, tuple[str, ...]] | None = None
    divisor: float = 1.0
    digits: int = 1
    categories: tuple[tuple[str, str], ...] = ()


OPERATED = ("had_surgery", ("yes",))
HAD_CHEMOTHERAPY = ("had_chemotherapy", ("yes",))
RELAPSED = ("setting", ("recurrence", "oligometastasis", "metastatic"))

PATIENT_VARIABLES = (
    Variable("sex", _("Sex")),
    Variable("age", _("Age (years)"), Kind.NUMBER),
    Variable("ecog", _("ECOG performance status"), Kind.SCORE),
    Variable("kps", _("Karnofsky performance status"), Kind.SCORE),
    Variable("cci", _("Charlson Comorbidity Index"), Kind.NUMBER),
    Variable("cci_age_adjusted", _("Charlson Comorbidity Index, age-adjusted"), Kind.NUMBER),
    Variable("setting", _("Disease setting")),
    Variable("concurrent_lesion_count", _("Concurrent lesions"), Kind.SCORE),
    Variable("viable_sites", _("Viable tumour sites")),
    Variable("site", _("Primary site"), Kind.NESTED, parent="site_region"),
    Variable("morphology", _("Histology"), Kind.NESTED, parent="histology_group", most=15),
    Variable("grade", _("Grade (FNCLCC)")),
    Variable("size_cm", _("Size of the primary (cm)"), Kind.NUMBER),
    Variable("depth", _("Depth")),
    Variable("t_category", _("T category")),
    Variable("n_category", _("N category")),
    Variable("m_category", _("M category")),
    Variable("ajcc_stage", _("AJCC stage")),
    Variable("metastatic_at_diagnosis", _("Metastatic at diagnosis"), Kind.YES),
    Variable("multifocal", _("Multifocal"), Kind.YES),
    Variable(
        "diagnosis_to_rt_days",
        _("Diagnosis to radiotherapy (months)"),
        Kind.NUMBER,
        divisor=DAYS_PER_MONTH,
    ),
    Variable(
        "diagnosis_to_relapse_days",
        _("Diagnosis to first relapse (months), of those relapsed"),
        Kind.NUMBER,
        among=RELAPSED,
        divisor=DAYS_PER_MONTH,
    ),
    Variable("had_surgery", _("Surgery"), Kind.YES),
    Variable("procedure", _("Procedure, of those operated"), among=OPERATED),
    Variable("residual_tumour", _("Residual tumour, of those operated"), among=OPERATED),
    Variable("margin_mm", _("Margin (mm), of those operated"), Kind.NUMBER, among=OPERATED),
    Variable("operation_count", _("Operations, of those operated"), Kind.SCORE, among=OPERATED),
    Variable("had_chemotherapy", _("Chemotherapy"), Kind.YES),
    Variable(
        "chemotherapy_timing", _("Timing, of those with chemotherapy"), among=HAD_CHEMOTHERAPY
    ),
    Variable("chemotherapy_before_rt", _("Chemotherapy before radiotherapy"), Kind.YES),
    Variable("had_targeted_therapy", _("Targeted therapy"), Kind.YES),
    Variable("had_immunotherapy", _("Immunotherapy"), Kind.YES),
    Variable("had_interventional_therapy", _("Interventional therapy"), Kind.YES),
    Variable("had_prior_radiotherapy", _("Earlier radiotherapy"), Kind.YES),
)

LESION_VARIABLES = (
    Variable("lesion_site", _("Location"), Kind.NESTED, parent="lesion_site_region"),
    Variable("lesion_status", _("Status")),
    Variable("lesion_diameter_cm", _("Longest diameter (cm)"), Kind.NUMBER),
    Variable("lesion_gtv_cm3", _("GTV (cm³)"), Kind.NUMBER),
)
