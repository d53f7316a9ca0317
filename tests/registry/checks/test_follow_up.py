"""Checks of visits, responses, progression, loss and death."""

from __future__ import annotations

from typing import Any

import pytest

from registry.models import (
    Assessment,
    ImagingStudy,
    Lesion,
    LesionAssessment,
    LossToFollowUp,
    Progression,
    Surgery,
)
from tests.registry.checks.examples import (
    Change,
    Example,
    adding,
    both,
    died,
    in_study,
    of_first,
    places,
    setting,
)

pytestmark = pytest.mark.django_db

# The visit of the sound case is on 2024-05-02, the course from 2024-01-15 to 2024-01-31.


def visit(on: str, **values: Any) -> Change:
    return adding(Assessment, assessed_on=on, **{"kind": "clinic", **values})


def failed(on: str, kind: str = "local", **values: Any) -> Change:
    return adding(Progression, occurred_on=on, kind=kind, **values)


def lost(**values: Any) -> Change:
    return adding(LossToFollowUp, **values)


def measured(diameter: float, response: str = "") -> Change:
    return adding(LesionAssessment, longest_diameter_cm=diameter, response=response)


LESION_OF_4_CM = setting(Lesion, longest_diameter_cm=4.0)
OF_THE_LESION = of_first(Progression, "lesion", Lesion)
FREE = setting(Assessment, disease_status="no_evidence")

EXAMPLES = (
    Example(
        "same-day-visits",
        visit("2024-05-02"),
        "assessment 2 assessed_on",
        visit("2024-05-02", kind="imaging"),
    ),
    Example("same-day-visits", visit("2024-05-02"), "assessment 2 assessed_on", visit("2024-05")),
    Example(
        "imaging-far",
        adding(ImagingStudy, modality="mr", region="chest", performed_on="2024-03-02"),
        "imaging_study 2 performed_on",
        adding(ImagingStudy, modality="mr", region="chest", performed_on="2024-03-03"),
    ),
    Example("cr-measured", measured(1.0, "cr"), "lesion_assessment response", measured(0.0, "cr")),
    Example("cr-measured", measured(0.0, "pr"), "lesion_assessment response", measured(0.0, "ne")),
    # RECIST 1.1: 20 % and 5 mm over the smallest diameter; 4 cm grow to 4.8 cm.
    Example(
        "growth-no-progression",
        both(LESION_OF_4_CM, measured(4.8, "sd")),
        "lesion_assessment longest_diameter_cm",
        both(LESION_OF_4_CM, measured(4.7, "sd")),
    ),
    Example(
        "growth-no-progression",
        both(LESION_OF_4_CM, measured(2.0), visit("2024-08"), measured(2.5)),
        "lesion_assessment longest_diameter_cm",
        # 20 %, but less than 5 mm.
        both(LESION_OF_4_CM, measured(2.0), visit("2024-08"), measured(2.4)),
    ),
    Example(
        "growth-no-progression",
        both(LESION_OF_4_CM, measured(4.8)),
        "lesion_assessment longest_diameter_cm",
        both(LESION_OF_4_CM, measured(4.8), failed("2024-05-02"), OF_THE_LESION),
    ),
    Example(
        "pd-no-progression",
        measured(6.0, "pd"),
        "lesion_assessment response",
        both(measured(6.0, "pd"), failed("2024-05-02"), OF_THE_LESION),
    ),
    Example(
        "pd-no-progression",
        both(measured(6.0, "pd"), failed("2024-05-02", "distant")),
        "lesion_assessment response",
        both(measured(6.0, "pd"), failed("2024-05-02", "unspecified")),
    ),
    Example(
        "before-lesion-found",
        both(setting(Lesion, found_on="2024-06"), measured(4.0)),
        "lesion_assessment lesion",
        both(setting(Lesion, found_on="2024-05"), measured(4.0)),
    ),
    Example(
        "before-lesion-found",
        both(setting(Lesion, found_on="2024-01-10"), failed("2024-01-09"), OF_THE_LESION),
        "progression 2 occurred_on",
        both(setting(Lesion, found_on="2024-01-10"), failed("2024-01-10"), OF_THE_LESION),
    ),
    Example(
        "progression-before-course",
        failed("2024-01-14", field_relation="in_field"),
        "progression 2 occurred_on",
        failed("2024-01-15", field_relation="in_field"),
    ),
    Example(
        "progression-before-rt",
        failed("2023-12", "distant"),
        "progression 2 occurred_on",
        failed("2024-01", "distant"),
    ),
    Example(
        "progression-before-rt",
        both(in_study("jinling"), failed("2023-12", "distant")),
        "progression 2 occurred_on",
        # Where records are collected, the course may be the answer to the progression.
        both(in_study("tcga_sarc"), failed("2023-12", "distant")),
    ),
    Example(
        "failure-untreated",
        both(
            adding(Lesion, site="lung"),
            failed("2024-08"),
            lambda case: setattr(case.of(Progression)[0], "lesion", case.of(Lesion)[1]),
        ),
        "progression 2 lesion",
        both(adding(Lesion, site="lung"), failed("2024-08"), OF_THE_LESION),
    ),
    Example(
        "local-no-lesion",
        both(adding(Lesion, site="lung"), failed("2024-08")),
        "progression 2 lesion",
        # With a single lesion there is no question which.
        failed("2024-08"),
    ),
    Example(
        "distant-in-field",
        failed("2024-08", "distant", field_relation="in_field"),
        "progression 2 field_relation",
        failed("2024-08", "distant", field_relation="out_of_field"),
    ),
    Example(
        "no-evidence",
        both(FREE, failed("2024-04")),
        "assessment 1 disease_status",
        both(FREE, failed("2024-04"), adding(Surgery, performed_on="2024-04-20")),
    ),
    Example(
        "no-evidence",
        both(FREE, failed("2024-04")),
        "assessment 1 disease_status",
        both(FREE, failed("2024-06")),
    ),
    Example(
        "lost-but-seen",
        lost(declared_on="2024-05-01"),
        "loss_to_follow_up 2 found_again_on",
        lost(declared_on="2024-05-01", found_again_on="2024-05-02"),
    ),
    Example(
        "alive-later",
        lost(declared_on="2025-06", last_known_alive_on="2024-04"),
        "loss_to_follow_up 2 last_known_alive_on",
        lost(declared_on="2025-06", last_known_alive_on="2024-05"),
    ),
    Example(
        "alive-later",
        lost(declared_on="2024-05-02", last_known_alive_on="2024-04"),
        "loss_to_follow_up 2 last_known_alive_on",
        # Seen after the loss was declared: the check "lost-but-seen" asks about that.
        lost(declared_on="2024-05-01", last_known_alive_on="2024-04"),
    ),
    Example(
        "dead-and-lost",
        both(died("2025-06"), lost(declared_on="2025-01")),
        "loss_to_follow_up 2 found_again_on",
        both(died("2025-06"), lost(declared_on="2025-01", found_again_on="2025-06")),
    ),
    Example(
        "losses-disorder",
        both(
            lost(number=1, declared_on="2024-07", found_again_on="2024-12"),
            lost(declared_on="2024-11"),
        ),
        "loss_to_follow_up 2 declared_on",
        both(
            lost(number=1, declared_on="2024-07", found_again_on="2024-12"),
            lost(declared_on="2024-12"),
        ),
    ),
    Example(
        "lost-no-attempt",
        lost(declared_on="2025-06", attempts=" "),
        "loss_to_follow_up 2 attempts",
        lost(declared_on="2025-06", asked_registry_on="2025-05"),
    ),
    Example(
        "lost-no-attempt",
        lost(declared_on="2025-06"),
        "loss_to_follow_up 2 attempts",
        # Nobody knows when it was declared: it comes from elsewhere.
        lost(last_known_alive_on="2025-06"),
    ),
    Example(
        "attempts-disorder",
        lost(declared_on="2025-06-10", phoned_on="2025-06-11"),
        "loss_to_follow_up 2 phoned_on",
        lost(declared_on="2025-06-10", phoned_on="2025-06-10"),
    ),
    Example(
        "attempts-disorder",
        lost(declared_on="2025-06-10", last_known_alive_on="2024-05-02", wrote_on="2024-04"),
        "loss_to_follow_up 2 wrote_on",
        lost(declared_on="2025-06-10", last_known_alive_on="2024-05-02", wrote_on="2024-05"),
    ),
    Example(
        "died-without-progression",
        both(FREE, died("2024-09", cause="disease")),
        "death cause",
        both(FREE, died("2024-09", cause="disease"), failed("2024-08", "distant")),
    ),
    Example(
        "died-without-progression",
        both(FREE, died("2024-09", cause="disease")),
        "death cause",
        died("2024-09", cause="disease"),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_contradiction_in_the_follow_up_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
