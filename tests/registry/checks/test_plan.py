"""Checks of the treatment plan: volumes and doses."""

from __future__ import annotations

import pytest

from registry.models import DoseMetric, Target
from tests.registry.checks.examples import Change, Example, adding, both, places, setting

pytestmark = pytest.mark.django_db


def dose(metric: str, value: float, number: int = 1, unit: str = "Gy") -> Change:
    return adding(
        DoseMetric, number=number, structure="Lungs", metric=metric, value=value, unit=unit
    )


# The course of the sound case has 50 Gy.
EXAMPLES = (
    Example(
        "volumes-nested",
        setting(Target, gtv_cm3=100.0, ptv_cm3=90.0),
        "target 1 ptv_cm3",
        setting(Target, gtv_cm3=100.0, ptv_cm3=100.0),
    ),
    Example(
        "volumes-nested",
        setting(Target, gtv_cm3=100.0, ctv_cm3=90.0, ptv_cm3=200.0),
        "target 1 ctv_cm3",
        # An internal target volume around the gross tumour volume.
        setting(Target, gtv_cm3=100.0, ctv_cm3=150.0, itv_cm3=120.0, ptv_cm3=200.0),
    ),
    Example(
        "d95-above-dose",
        setting(Target, ptv_d95_gy=60.5),
        "target 1 ptv_d95_gy",
        setting(Target, ptv_d95_gy=60.0),
    ),
    Example(
        "metric-above-dose",
        dose("Max", 86),
        "dose_metric 1 value",
        dose("Max", 85),
    ),
    Example(
        "metric-above-dose",
        dose("Mean", 500),
        "dose_metric 1 value",
        dose("V20Gy", 500, unit="cm3"),
    ),
    Example(
        "mean-above-maximum",
        both(dose("Max", 20), dose("Mean", 21, number=2)),
        "dose_metric 2 value",
        both(dose("Max", 20), dose("Mean", 20, number=2)),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_plan_that_cannot_be_right_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
