"""Checks of the disease and the patient's state."""

from __future__ import annotations

import pytest

from registry.models import Assessment, Baseline, Disease, Lesion
from tests.registry.checks.examples import Example, adding, places, setting

pytestmark = pytest.mark.django_db

THIGH = {"topography": "C49.2", "morphology": "8890/3", "ajcc_edition": 8, "n_category": "N0"}

EXAMPLES = (
    Example(
        "large-tumour",
        adding(Disease, size_cm=75.0),
        "disease 2 size_cm",
        adding(Disease, size_cm=60.0),
    ),
    Example(
        "large-lesion",
        setting(Lesion, longest_diameter_cm=80.0),
        "lesion 1 longest_diameter_cm",
        setting(Lesion, longest_diameter_cm=45.0),
    ),
    # 2 + 2 + 1 = 5 is G2 (Guillou L et al., J Clin Oncol 1997;15:350-362).
    Example(
        "grade-scores",
        adding(Disease, grade="3", differentiation_score=2, mitosis_score=2, necrosis_score=1),
        "disease 2 grade",
        adding(Disease, grade="2", differentiation_score=2, mitosis_score=2, necrosis_score=1),
    ),
    Example(
        "grade-scores",
        adding(Disease, grade="1", differentiation_score=3, mitosis_score=3, necrosis_score=0),
        "disease 2 grade",
        adding(Disease, grade="1", differentiation_score=3, mitosis_score=3),
    ),
    # AJCC 8th edition, trunk and extremities: T2 N0 M0 G2 or G3 is IIIA.
    Example(
        "stage-categories",
        adding(Disease, **THIGH, t_category="T2", m_category="M0", grade="3", ajcc_stage="II"),
        "disease 2 ajcc_stage",
        adding(Disease, **THIGH, t_category="T2", m_category="M0", grade="3", ajcc_stage="IIIA"),
    ),
    Example(
        "stage-categories",
        adding(Disease, **THIGH, t_category="T2b", m_category="M0", grade="3", ajcc_stage="III"),
        "disease 2 t_category",
        adding(Disease, **THIGH, t_category="T2", m_category="M1", grade="3", ajcc_stage="IV"),
    ),
    Example(
        "metastases-agree",
        adding(Disease, m_category="M1", metastatic_at_diagnosis=False),
        "disease 2 metastatic_at_diagnosis",
        adding(Disease, m_category="M1", metastatic_at_diagnosis=True),
    ),
    Example(
        "metastases-agree",
        adding(Disease, m_category="M0", metastatic_at_diagnosis=True),
        "disease 2 metastatic_at_diagnosis",
        adding(Disease, m_category="MX", metastatic_at_diagnosis=True),
    ),
    Example(
        "site-of-sex",
        adding(Disease, site="uterus"),
        "disease 2 site",
        adding(Disease, site="prostate"),
    ),
    Example(
        "site-of-sex",
        adding(Lesion, topography="C54.9"),
        "lesion 2 topography",
        adding(Lesion, topography="C61.9"),
    ),
    # Oken MM et al., Am J Clin Oncol 1982;5:649-655: 90 and 100 are ECOG 0.
    Example("ecog-kps", setting(Baseline, ecog=2), "baseline 1 ecog", setting(Baseline, ecog=1)),
    Example(
        "ecog-kps",
        setting(Assessment, ecog=0, kps=50),
        "assessment 1 ecog",
        setting(Assessment, ecog=3, kps=50),
    ),
    Example(
        "cci-age-adjusted",
        setting(Baseline, cci=4, cci_age_adjusted=3),
        "baseline 1 cci_age_adjusted",
        setting(Baseline, cci=4, cci_age_adjusted=8),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_contradiction_in_the_disease_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
