"""Checks of dates against birth, death and today."""

from __future__ import annotations

import pytest

from registry.models import (
    Assessment,
    Disease,
    LossToFollowUp,
    Patient,
    SystemicTherapy,
    ToxicityEvent,
)
from tests.registry.checks.examples import Example, adding, both, died, places, setting

pytestmark = pytest.mark.django_db

EXAMPLES = (
    Example(
        "future-date",
        setting(Assessment, assessed_on="2026-07-01"),
        "assessment 1 assessed_on",
        setting(Assessment, assessed_on="2026-06-30"),
    ),
    # This year may be a day that has passed.
    Example(
        "future-date",
        setting(Assessment, assessed_on="2026-07"),
        "assessment 1 assessed_on",
        setting(Assessment, assessed_on="2026"),
    ),
    Example(
        "before-birth",
        adding(Disease, diagnosed_on="1960-04"),
        "disease 2 diagnosed_on",
        adding(Disease, diagnosed_on="1960-05"),
    ),
    Example("treated-after-death", died("2024-01-20"), "course 1 ended_on", died("2024-01-31")),
    Example(
        "treated-after-death",
        both(died("2024-06"), adding(SystemicTherapy, kind="other", started_on="2024-07")),
        "systemic_therapy 2 started_on",
        both(died("2024-06"), adding(SystemicTherapy, kind="other", started_on="2024-06")),
    ),
    Example("seen-after-death", died("2024-04"), "assessment 1 assessed_on", died("2024-05")),
    Example(
        "seen-after-death",
        both(died("2024-06-01"), adding(ToxicityEvent, resolved_on="2024-06-02")),
        "toxicity_event 2 resolved_on",
        both(died("2024-06-01"), adding(ToxicityEvent, resolved_on="2024-06-01")),
    ),
    Example(
        "seen-after-death",
        both(died("2024-06-01"), adding(LossToFollowUp, last_known_alive_on="2024-07")),
        "loss_to_follow_up 2 last_known_alive_on",
        both(died("2024-06-01"), adding(LossToFollowUp, last_known_alive_on="2024-06")),
    ),
    Example(
        "age",
        setting(Patient, birth_date="1912-01-16"),
        "patient birth_date",
        setting(Patient, birth_date="1914-01-14"),
    ),
    Example(
        "age",
        setting(Patient, birth_date="2023-06-01"),
        "patient birth_date",
        setting(Patient, birth_date="2023-01-15"),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_date_out_of_life_is_found_and_one_at_its_border_is_not(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
