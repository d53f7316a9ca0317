"""Checks of adverse events."""

from __future__ import annotations

from typing import Any

import pytest

from registry.models import Course, CtcaeTerm, Lesion, ToxicityEvent
from tests.registry.checks.examples import (
    Change,
    Example,
    adding,
    both,
    died,
    of_first,
    places,
    setting,
)

pytestmark = pytest.mark.django_db

OF_THE_COURSE = of_first(ToxicityEvent, "course", Course)


def fatigue(grade: int = 2, number: int = 2, **values: Any) -> Change:
    """Fatigue (CTCAE 4.03 has grades 1 to 3 of it), attributed to the course."""
    return both(adding(ToxicityEvent, grade=grade, number=number, **values), OF_THE_COURSE)


def sepsis(case: Any) -> None:
    term = CtcaeTerm.objects.get(release="4.03", term="Sepsis")
    adding(ToxicityEvent, term=term, grade=5, onset_on="2024-06-01")(case)


EARLIER = fatigue(3, 1, onset_on="2024-02-01")
RESOLVED = fatigue(3, 1, onset_on="2024-02-01", resolved_on="2024-03-01")

EXAMPLES = (
    Example(
        "grade-5-death",
        sepsis,
        "toxicity_event 2 grade",
        both(sepsis, died("2024-06-01", cause="treatment")),
    ),
    Example(
        "grade-5-cause",
        both(sepsis, died("2024-06-01", cause="disease")),
        "death cause",
        both(sepsis, died("2024-06-01", cause="other")),
    ),
    Example(
        "onset-before-course",
        fatigue(onset_on="2023-12"),
        "toxicity_event 2 onset_on",
        fatigue(onset_on="2024-01"),
    ),
    Example(
        "present-before-rt",
        fatigue(onset_on="2024-02", present_before_rt=True),
        "toxicity_event 2 present_before_rt",
        fatigue(onset_on="2023", present_before_rt=True),
    ),
    Example(
        "toxicity-course",
        adding(ToxicityEvent, attribution="probable"),
        "toxicity_event 2 course",
        adding(ToxicityEvent, attribution="unrelated"),
    ),
    Example(
        "toxicity-twice",
        both(EARLIER, fatigue(3, onset_on="2024-02-20")),
        "toxicity_event 2 term",
        both(RESOLVED, fatigue(3, onset_on="2024-03-01")),
    ),
    Example(
        "toxicity-twice",
        both(EARLIER, fatigue(3, onset_on="2024-02-20")),
        "toxicity_event 2 term",
        # The same at another place is another event.
        both(
            EARLIER,
            fatigue(3, onset_on="2024-02-20"),
            of_first(ToxicityEvent, "lesion", Lesion),
        ),
    ),
    Example(
        "grade-falls",
        both(EARLIER, fatigue(1, onset_on="2024-04")),
        "toxicity_event 2 grade",
        both(RESOLVED, fatigue(1, onset_on="2024-04")),
    ),
    Example(
        "serious",
        fatigue(is_serious=False, action="hospitalisation"),
        "toxicity_event 2 is_serious",
        fatigue(is_serious=False, action="medication"),
    ),
    Example(
        "action-on-course",
        both(setting(Course, interruption_days=0), fatigue(action="rt_interrupted")),
        "toxicity_event 2 action",
        both(setting(Course, interruption_days=3), fatigue(action="rt_interrupted")),
    ),
    Example(
        "action-on-course",
        both(setting(Course, is_completed=True), fatigue(action="rt_stopped")),
        "toxicity_event 2 action",
        both(setting(Course, is_completed=False), fatigue(action="rt_stopped")),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_contradiction_in_the_toxicity_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
