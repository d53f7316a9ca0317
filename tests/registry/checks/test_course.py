"""Checks of courses: dates, phases, fractions, and what is said at their beginning."""

from __future__ import annotations

from typing import Any

import pytest

from registry.case import Case
from registry.models import Baseline, Course, Lesion, Phase, Target, TargetLesion
from tests.registry.checks.examples import (
    Change,
    Example,
    adding,
    both,
    of_first,
    places,
    removing,
    second_course,
    setting,
)

pytestmark = pytest.mark.django_db


def phase(dose_gy: float, fraction_count: int, **values: Any) -> Change:
    return setting(Phase, dose_gy=dose_gy, fraction_count=fraction_count, **values)


def two_lesions(case: Case) -> None:
    """The target treats a second lesion too."""
    adding(Lesion, site="lung")(case)
    case.add(TargetLesion(target=case.of(Target)[0], lesion=case.of(Lesion)[1]))


EXAMPLES = (
    Example(
        "courses-overlap",
        second_course("2024-01-30", "2024-02-20"),
        "course 2 started_on",
        second_course("2024-01-31", "2024-02-20"),
    ),
    Example(
        "course-without-phase",
        removing(Phase),
        "course 1",
        phase(50, 5),
    ),
    Example(
        "target-without-lesion",
        removing(TargetLesion),
        "target 1",
        two_lesions,
    ),
    Example(
        "term-too-long",
        setting(Course, ended_on="2024-04-24"),
        "course 1 ended_on",
        setting(Course, ended_on="2024-04-23"),
    ),
    # 25 fractions on 5 days a week take 4 weeks and 5 days; a sixth day a week saves 4 days.
    Example(
        "term-too-short",
        both(phase(50, 25, fractions_per_week=5), setting(Course, ended_on="2024-02-11")),
        "course 1 ended_on",
        both(phase(50, 25, fractions_per_week=5), setting(Course, ended_on="2024-02-12")),
    ),
    # Twice a day: 10 a week.
    Example(
        "term-too-short",
        both(phase(50, 40, fractions_per_week=10), setting(Course, ended_on="2024-02-02")),
        "course 1 ended_on",
        both(phase(50, 40, fractions_per_week=10), setting(Course, ended_on="2024-02-09")),
    ),
    # Nobody gets more than three fractions a day.
    Example(
        "term-too-short",
        both(phase(50, 25), setting(Course, ended_on="2024-01-22")),
        "course 1 ended_on",
        both(phase(50, 25), setting(Course, ended_on="2024-01-23")),
    ),
    # Two targets are treated side by side.
    Example(
        "term-too-short",
        both(phase(50, 25), adding(Phase, dose_gy=50, fraction_count=27)),
        "course 1 ended_on",
        both(
            of_first(Phase, "target", Target),
            adding(Target, number=2),
            adding(Phase, dose_gy=50, fraction_count=27),
            lambda case: setattr(case.of(Phase)[1], "target", case.of(Target)[1]),
        ),
    ),
    Example(
        "interruption-term",
        setting(Course, interruption_days=17),
        "course 1 interruption_days",
        setting(Course, interruption_days=16),
    ),
    Example(
        "technique-radiation",
        setting(Course, technique="proton", radiation_type="photon"),
        "course 1 radiation_type",
        setting(Course, technique="proton", radiation_type="proton"),
    ),
    Example(
        "technique-radiation",
        setting(Course, technique="vmat", radiation_type="carbon"),
        "course 1 radiation_type",
        setting(Course, technique="external", radiation_type="carbon"),
    ),
    Example("large-fraction", phase(50, 1), "phase 1 fraction_count", phase(30, 1)),
    Example("large-fraction", phase(121, 60), "phase 1 dose_gy", phase(120, 60)),
    Example("small-fraction", phase(20, 25), "phase 1 dose_gy", phase(25, 25)),
    # BED = D (1 + d / 10): 90 Gy in 3 fractions give 360 Gy, 60 Gy in 3 give 180 Gy.
    Example("bed-implausible", phase(90, 3), "course 1", phase(60, 3)),
    # 4 Gy in 2 fractions give 4.8 Gy.
    Example(
        "bed-implausible",
        phase(4, 2),
        "course 1",
        both(phase(4, 2), setting(Course, is_completed=False)),
    ),
    # 60 Gy in 3 fractions of each of two targets; in one they would give 360 Gy.
    Example(
        "bed-implausible",
        both(phase(60, 3), adding(Phase, dose_gy=60, fraction_count=3)),
        "course 1",
        both(
            phase(60, 3),
            of_first(Phase, "target", Target),
            adding(Target, number=2),
            adding(Phase, dose_gy=60, fraction_count=3),
            lambda case: setattr(case.of(Phase)[1], "target", case.of(Target)[1]),
        ),
    ),
    Example(
        "boost-first",
        setting(Phase, kind="boost"),
        "phase 1 kind",
        adding(Phase, kind="boost", dose_gy=10, fraction_count=5),
    ),
    Example(
        "baseline-late",
        setting(Baseline, assessed_on="2024-01-16"),
        "baseline 1 assessed_on",
        setting(Baseline, assessed_on="2024-01-15"),
    ),
    Example(
        "lesion-count",
        both(two_lesions, setting(Baseline, concurrent_lesion_count=1)),
        "baseline 1 concurrent_lesion_count",
        both(two_lesions, setting(Baseline, concurrent_lesion_count=2)),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_course_that_cannot_be_right_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
