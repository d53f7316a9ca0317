"""Groupings that the papers behind the shipped protocols compare by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.covariates.covariate import Covariate, grouped
from analytics.covariates.cuts import Group, Groups, Thresholds
from registry.deviations import EXTREMITY_REGIONS
from registry.models.choices import FnclccGrade, ResidualTumour, Setting
from registry.staging.codes import STAGES
from registry.terminology.codes import codes

MIYAKOJIMA = gettext_noop("radiotherapy for refractory sarcoma (miyakojima)")
JINLING = gettext_noop("SBRT for recurrent and oligometastatic sarcoma (jinling)")
CNAO = gettext_noop("carbon ions for axial sarcoma (cnao)")
CAMS = gettext_noop("post-operative IMRT (cams)")

_THRESHOLDS: tuple[tuple[str, str, Thresholds, str], ...] = (
    ("age_65", "age", Thresholds((65,)), MIYAKOJIMA),
    ("ecog_1", "ecog", Thresholds((1,)), MIYAKOJIMA),
    ("kps_80", "kps", Thresholds((80,), upper_includes=False), MIYAKOJIMA),
    ("cci_7", "cci", Thresholds((7,), upper_includes=False), MIYAKOJIMA),
    ("cci_age_adjusted_7", "cci_age_adjusted", Thresholds((7,), upper_includes=False), MIYAKOJIMA),
    ("lesions_2", "concurrent_lesion_count", Thresholds((2,)), JINLING),
    ("size_5", "size_cm", Thresholds((5,), upper_includes=False), CAMS),
    ("bed_100", "bed_tumour_gy", Thresholds((100,)), JINLING),
    ("gtv_1000", "gtv_cm3", Thresholds((1000,), upper_includes=False), CNAO),
    ("lesion_size_5", "lesion_diameter_cm", Thresholds((5,), upper_includes=False), JINLING),
    ("lesion_bed_100", "lesion_bed_tumour_gy", Thresholds((100,)), JINLING),
    (
        "lesion_bed_bins",
        "lesion_bed_tumour_gy",
        Thresholds((70, 80, 90, 100, 110)),
        MIYAKOJIMA,
    ),
    ("lesion_gtv_1000", "lesion_gtv_cm3", Thresholds((1000,), upper_includes=False), CNAO),
)
"""Code, covariate that is cut, borders, paper."""

_TRUNK_WALL_SITES = frozenset({"chest_wall"})
"""Sites of other regions of the list that belong to the trunk wall."""


def of_papers(recorded: Mapping[str, Covariate]) -> Iterator[Covariate]:
    """The papers' groupings of these covariates; those of an absent one are left out."""
    for code, base, cut, source in _THRESHOLDS:
        if base in recorded:
            one = recorded[base]
            yield grouped(one, cut, code=code, label=one.label, source=_(source))
    for code, base, label, groups, source in _groupings():
        if base in recorded:
            yield grouped(recorded[base], groups, code=code, label=label, source=_(source))


def _groupings() -> Iterator[tuple[str, str, str, Groups, str]]:
    g1, g2, g3 = FnclccGrade.G1.value, FnclccGrade.G2.value, FnclccGrade.G3.value
    grades = Groups((Group("g1", "G1", (g1,)), Group("g2_3", "G2–G3", (g2, g3))))
    yield "grade_2_3", "grade", _("FNCLCC grade"), grades, JINLING
    margins = Groups(
        (
            Group("r0", "R0", (ResidualTumour.R0.value,)),
            Group("r1_2", "R1–R2", (ResidualTumour.R1.value, ResidualTumour.R2.value)),
        )
    )
    yield "margin", "residual_tumour", _("Margin"), margins, CAMS
    later = tuple(stage for stage in STAGES if stage.startswith(("II", "IV")))
    early = tuple(stage for stage in STAGES if stage not in later)
    stages = Groups((Group("i", "I", early), Group("ii_iv", "II–IV", later)))
    yield "stage_2", "ajcc_stage", _("AJCC stage"), stages, CAMS
    yield "location", "site", _("Location"), _locations(), CAMS
    recurrence = (Setting.RECURRENCE.value,)
    presentation = Groups(
        (
            Group("de_novo", _("De novo"), (Setting.PRIMARY.value,)),
            Group("recurrent", _("Recurrent"), recurrence),
        )
    )
    yield "presentation", "setting", _("Presentation"), presentation, CNAO
    relapse = Groups(
        (
            Group("recurrence", _("Recurrence"), recurrence),
            Group("oligometastasis", _("Oligometastasis"), (Setting.OLIGOMETASTASIS.value,)),
        )
    )
    yield "relapse", "setting", _("Disease setting"), relapse, JINLING


def _locations() -> Groups:
    rows = codes("region_site")
    extremity = tuple(row.code for row in rows if row.group in EXTREMITY_REGIONS)
    wall = tuple(
        row.code for row in rows if row.group == "trunk_wall" or row.code in _TRUNK_WALL_SITES
    )
    elsewhere = tuple(
        row.code for row in rows if row.code not in extremity + wall and row.group != "other"
    )
    return Groups(
        (
            Group("extremity", _("Extremity"), extremity),
            Group("trunk_wall", _("Trunk wall"), wall),
            Group("elsewhere", _("Elsewhere"), elsewhere),
        )
    )
