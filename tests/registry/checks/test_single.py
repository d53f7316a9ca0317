"""Formal checks: codes, ranges, needed columns, reasons, questions that are not asked."""

from __future__ import annotations

import pytest

from registry.models import (
    Assessment,
    Baseline,
    Course,
    Disease,
    DoseMetric,
    Enrolment,
    Patient,
    Screening,
    Surgery,
    SystemicTherapy,
    ToxicityEvent,
)
from tests.registry.checks.examples import Example, adding, both, places, setting

pytestmark = pytest.mark.django_db


EXAMPLES = (
    Example(
        "row-rules",
        setting(Course, ended_on="2024-01-14"),
        "course 1 ended_on",
        setting(Course, ended_on="2024-01-15"),
    ),
    Example(
        "row-rules",
        setting(Course, intent="cure"),
        "course 1 intent",
        setting(Course, intent="definitive"),
    ),
    Example(
        "row-rules", setting(Baseline, ecog=6), "baseline 1 ecog", setting(Baseline, ecog=0, kps=90)
    ),
    Example(
        "needed",
        setting(Assessment, kind=""),
        "assessment 1 kind",
        setting(Assessment, kind="phone"),
    ),
    Example(
        "missing-reason",
        setting(Baseline, missing={"kps": "unknown"}),
        "baseline 1 kps",
        setting(Baseline, missing={"ecog": "unknown"}),
    ),
    Example(
        "missing-reason",
        setting(Baseline, missing={"ecog": "lost"}),
        "baseline 1 ecog",
        setting(Baseline, missing={"ecog": "refused"}),
    ),
    Example(
        "missing-reason",
        setting(Baseline, missing={"weight": "unknown"}),
        "baseline 1 weight",
        setting(Baseline, missing={"cci": "unknown"}),
    ),
    Example("kps-in-tens", setting(Baseline, kps=75), "baseline 1 kps", setting(Baseline, kps=0)),
    Example(
        "kps-in-tens", setting(Assessment, kps=0), "assessment 1 kps", setting(Assessment, kps=10)
    ),
    Example(
        "metric-value",
        adding(DoseMetric, structure="Lungs", metric="V20Gy", value=101, unit="%"),
        "dose_metric 2 value",
        adding(DoseMetric, structure="Lungs", metric="V20Gy", value=100, unit="%"),
    ),
    Example(
        "metric-value",
        adding(DoseMetric, structure="Bone", metric="Max", value=201, unit="%"),
        "dose_metric 2 value",
        adding(DoseMetric, structure="Bone", metric="Max", value=110, unit="%"),
    ),
    Example(
        "comorbidities",
        setting(Baseline, comorbidities="diabetes;headache"),
        "baseline 1 comorbidities",
        setting(Baseline, comorbidities="diabetes;renal"),
    ),
    Example(
        "comorbidities",
        setting(Baseline, comorbidities="none;renal"),
        "baseline 1 comorbidities",
        setting(Baseline, comorbidities="none"),
    ),
    Example(
        "stage-edition",
        adding(Disease, ajcc_stage="IIIA"),
        "disease 2 ajcc_edition",
        adding(Disease, ajcc_stage="IIIA", ajcc_edition=8),
    ),
    Example(
        "withdrawal-scope",
        adding(Enrolment, withdrawn_on="2025"),
        "enrolment withdrawal_scope",
        adding(Enrolment, withdrawn_on="2025", withdrawal_scope="visits"),
    ),
    Example(
        "reason-not-enrolled",
        adding(Screening, outcome="not_enrolled"),
        "screening 2 reason_not_enrolled",
        adding(Screening, outcome="pending"),
    ),
    Example(
        "grade-exists",
        adding(ToxicityEvent, grade=4),
        "toxicity_event 2 grade",
        adding(ToxicityEvent, grade=3),
    ),
    Example(
        "not-asked",
        setting(Course, radiation_type="photon", rbe_model="lem_i"),
        "course 1 rbe_model",
        setting(Course, radiation_type="carbon", rbe_model="lem_i"),
    ),
    Example(
        "not-asked",
        adding(Surgery, procedure="biopsy", residual_tumour="r0"),
        "surgery 2 residual_tumour",
        adding(Surgery, residual_tumour="r0"),
    ),
    Example(
        "not-asked",
        adding(SystemicTherapy, kind="chemotherapy", is_ongoing=True, ended_on="2024-06"),
        "systemic_therapy 2 ended_on",
        adding(SystemicTherapy, kind="chemotherapy", is_ongoing=False, ended_on="2024-06"),
    ),
    # Where a value that is not asked for does no harm, nothing is said.
    Example(
        "not-asked",
        setting(Course, interruption_days=0, interruption_reason="machine"),
        "course 1 interruption_reason",
        adding(Disease, site="uterus", laterality="midline"),
    ),
    Example(
        "patient-basics",
        setting(Patient, sex=""),
        "patient sex",
        setting(Patient, sex="", missing={"sex": "refused"}),
    ),
    Example(
        "patient-basics",
        setting(Patient, birth_date=None),
        "patient birth_date",
        both(setting(Patient, birth_date="1960")),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_formal_slip_is_found_and_what_is_near_to_it_is_not(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
