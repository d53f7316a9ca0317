"""Checks of operations, systemic therapy and earlier radiotherapy."""

from __future__ import annotations

from typing import Any

import pytest

from registry.models import (
    Course,
    Disease,
    Lesion,
    PriorRadiotherapy,
    Surgery,
    SystemicTherapy,
    TreatmentHistory,
)
from tests.registry.checks.examples import (
    Change,
    Example,
    adding,
    both,
    places,
    second_course,
    setting,
)

pytestmark = pytest.mark.django_db

POSTOPERATIVE = setting(Course, intent="postoperative")
PREOPERATIVE = setting(Course, intent="preoperative")


def operated(on: str, **values: Any) -> Change:
    return adding(Surgery, performed_on=on, procedure="wide_excision", **values)


def drug(**values: Any) -> Change:
    return adding(SystemicTherapy, kind="chemotherapy", **values)


EXAMPLES = (
    Example(
        "treated-before-diagnosis",
        adding(Disease, diagnosed_on="2024-01-16"),
        "course 1 started_on",
        adding(Disease, diagnosed_on="2024-01"),
    ),
    # An unplanned excision gives the diagnosis.
    Example(
        "treated-before-diagnosis",
        both(adding(Disease, diagnosed_on="2023-12-01"), operated("2023-08-01")),
        "surgery 2 performed_on",
        both(adding(Disease, diagnosed_on="2023-12-01"), operated("2023-11-01")),
    ),
    Example(
        "operation-missing",
        POSTOPERATIVE,
        "course 1 intent",
        both(POSTOPERATIVE, operated("2023-12-01")),
    ),
    Example(
        "operation-missing",
        both(POSTOPERATIVE, adding(Surgery, procedure="biopsy")),
        "course 1 intent",
        PREOPERATIVE,
    ),
    Example(
        "operation-order",
        both(POSTOPERATIVE, operated("2024-03-01")),
        "course 1 intent",
        both(POSTOPERATIVE, operated("2023-12-01")),
    ),
    Example(
        "operation-order",
        both(PREOPERATIVE, operated("2023-12-01", residual_tumour="r0")),
        "course 1 intent",
        # An excision that left tumour behind, then RT, with the definitive operation to come.
        both(PREOPERATIVE, operated("2023-12-01", residual_tumour="r1")),
    ),
    Example(
        "operation-order",
        both(PREOPERATIVE, operated("2023-06-01", residual_tumour="r0")),
        "course 1 intent",
        # Years before: the course treats a recurrence.
        both(PREOPERATIVE, operated("2019-06-01", residual_tumour="r0")),
    ),
    Example(
        "margin-agrees",
        operated("2023-12-01", residual_tumour="r0", margin_mm=0),
        "surgery 2 margin_mm",
        operated("2023-12-01", residual_tumour="r0", margin_mm=0.5),
    ),
    Example(
        "margin-agrees",
        operated("2023-12-01", residual_tumour="r2", margin_mm=2),
        "surgery 2 margin_mm",
        operated("2023-12-01", residual_tumour="r1", margin_mm=0),
    ),
    Example(
        "history-no",
        both(adding(TreatmentHistory, had_surgery=False), operated("2023-12-01")),
        "treatment_history had_surgery",
        both(adding(TreatmentHistory, had_systemic_therapy=False), operated("2023-12-01")),
    ),
    Example(
        "history-yes",
        adding(TreatmentHistory, had_prior_radiotherapy=True),
        "treatment_history had_prior_radiotherapy",
        both(adding(TreatmentHistory, had_prior_radiotherapy=True), adding(PriorRadiotherapy)),
    ),
    Example(
        "concurrent-therapy",
        drug(timing="concurrent", started_on="2024-02-01"),
        "systemic_therapy 2 timing",
        drug(timing="concurrent", started_on="2024-01-31"),
    ),
    Example(
        "concurrent-therapy",
        drug(timing="concurrent", started_on="2023-10-01", ended_on="2024-01-14"),
        "systemic_therapy 2 timing",
        drug(timing="neoadjuvant", started_on="2023-10-01", ended_on="2024-01-14"),
    ),
    Example(
        "prior-rt-order",
        adding(PriorRadiotherapy, ended_on="2024-01-16"),
        "prior_radiotherapy 2 ended_on",
        adding(PriorRadiotherapy, ended_on="2024"),
    ),
    Example(
        "prior-rt-missing",
        setting(Course, intent="reirradiation"),
        "course 1 intent",
        both(setting(Course, intent="reirradiation"), adding(PriorRadiotherapy)),
    ),
    Example(
        "lesion-found-late",
        setting(Lesion, found_on="2024-01-16"),
        "lesion 1 found_on",
        setting(Lesion, found_on="2024-01-15"),
    ),
    Example(
        "lesion-again",
        second_course("2025-02-01", "2025-02-10", intent="definitive"),
        "course 2 intent",
        second_course("2025-02-01", "2025-02-10", intent="reirradiation"),
    ),
    Example(
        "lesion-again",
        second_course("2024-06-01", "2024-06-10", intent="postoperative"),
        "course 2 intent",
        # A boost after the operation, weeks after the pre-operative course.
        second_course("2024-03-15", "2024-03-20", intent="postoperative"),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_disorder_of_treatments_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
