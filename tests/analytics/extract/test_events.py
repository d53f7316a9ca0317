"""Which facts are events of which kind."""

import pytest

from analytics.extract.events import days_of
from registry.protocols.vocabulary import EventKind
from tests.analytics.extract.by_hand import (
    course,
    death,
    lesions,
    on,
    patient,
    progression,
    surgery,
    toxicity,
)


def days(kind, facts, lesion=None):
    return sorted(day.day.isoformat() if day else "undated" for day in days_of(kind, facts, lesion))


FAILURES = [
    progression("2024-03-01", "local"),
    progression("2024-04-01", "local", "in_field"),
    progression("2024-05-01", "local", "marginal"),
    progression("2024-06-01", "local", "out_of_field"),
    progression("2024-07-01", "regional"),
    progression("2024-08-01", "distant"),
    progression("2024-09-01", "unspecified"),
    progression(None, "distant"),
]


@pytest.mark.parametrize(
    ("kind", "months"),
    [
        (EventKind.LOCAL_PROGRESSION, "03 04 05 06"),
        (EventKind.REGIONAL_PROGRESSION, "07"),
        (EventKind.DISTANT_PROGRESSION, "08 undated"),
        (EventKind.IN_FIELD_PROGRESSION, "03 04 05"),
        (EventKind.OUT_OF_FIELD_PROGRESSION, "06 07 08 09 undated"),
        (EventKind.ANY_PROGRESSION, "03 04 05 06 07 08 09 undated"),
    ],
)
def test_a_progression_is_of_the_kinds_that_its_place_and_field_say(kind, months):
    expected = [part if part == "undated" else f"2024-{part}-01" for part in months.split()]
    assert days(kind, patient(progressions=FAILURES)) == expected


@pytest.mark.parametrize(
    ("cause", "of_disease"),
    [("disease", True), ("treatment", False), ("other", False), ("unknown", False)],
)
def test_every_death_is_a_death_and_one_of_the_disease_only_when_the_cause_says_so(
    cause, of_disease
):
    facts = patient(death=death("2025-03-04", cause))
    assert days(EventKind.DEATH_ANY, facts) == ["2025-03-04"]
    assert days(EventKind.DEATH_DISEASE, facts) == (["2025-03-04"] if of_disease else [])


def test_a_living_patient_has_no_death():
    assert days(EventKind.DEATH_ANY, patient()) == []


def test_an_amputation_is_a_surgery_of_that_procedure():
    facts = patient(surgeries=[surgery("2024-03-01"), surgery("2024-09-02", "amputation")])
    assert days(EventKind.AMPUTATION, facts) == ["2024-09-02"]


def test_a_wound_complication_counts_after_the_operation_only():
    facts = patient(
        surgery_follows_rt=True,
        surgeries=[surgery("2024-03-04")],
        wound_complications=[on("2024-02-20"), on("2024-03-04"), on("2024-03"), on("2024-04-01")],
    )
    found = days(EventKind.WOUND_COMPLICATION, facts)
    assert found == ["2024-03-04", "2024-03-15", "2024-04-01"]
    facts.surgeries.clear()
    assert days(EventKind.WOUND_COMPLICATION, facts) == []


def test_late_toxicity_is_late_of_the_grade_or_more_and_undated_where_it_may_be_late():
    facts = patient(
        toxicities=[
            toxicity("2024-05-01", 2, "acute"),
            toxicity("2024-06-01", 1, "late"),
            toxicity("2024-07-01", 2, "late"),
            toxicity("2024-08-01", 4, "late"),
            toxicity("2024-04", 3, ""),
        ]
    )
    assert days(EventKind.LATE_TOXICITY_GRADE_2, facts) == ["2024-07-01", "2024-08-01", "undated"]
    assert days(EventKind.LATE_TOXICITY_GRADE_3, facts) == ["2024-08-01", "undated"]


def test_a_local_failure_belongs_to_the_lesion_it_names():
    facts = patient(
        lesions=lesions({1}, {1}, ()),
        progressions=[
            progression("2024-05-01", lesion=1),
            progression("2024-06-01", lesion=2),
            progression("2024-07-01", lesion=3),
        ],
    )
    assert days(EventKind.LOCAL_PROGRESSION, facts, facts.lesions[1]) == ["2024-05-01"]
    assert days(EventKind.IN_FIELD_PROGRESSION, facts, facts.lesions[2]) == ["2024-06-01"]


def test_of_a_patient_every_local_failure_counts_but_that_of_a_lesion_left_untreated():
    failures = [progression(f"2024-0{lesion + 4}-01", lesion=lesion) for lesion in (1, 2, 3)]
    facts = patient(lesions=lesions({1}, {1}, ()), progressions=[*failures, progression("2024-09")])
    assert days(EventKind.LOCAL_PROGRESSION, facts) == ["2024-05-01", "2024-06-01", "2024-09-15"]
    assert len(days(EventKind.ANY_PROGRESSION, facts)) == 4
    without_plan = patient(lesions=lesions((), ()), progressions=failures)
    assert len(days(EventKind.LOCAL_PROGRESSION, without_plan)) == 3


def test_a_local_failure_that_names_no_lesion_is_that_of_the_only_treated_one():
    facts = patient(lesions=lesions({1}, ()), progressions=[progression("2024-05-01")])
    assert days(EventKind.LOCAL_PROGRESSION, facts, facts.lesions[1]) == ["2024-05-01"]
    facts = patient(lesions=lesions({1}, {1}), progressions=[progression("2024-05-01")])
    assert days(EventKind.LOCAL_PROGRESSION, facts, facts.lesions[1]) == []


def test_what_happens_to_the_patient_happens_to_every_lesion():
    facts = patient(
        courses=[course(1, "2024-01-10")],
        lesions=lesions({1}, {1}),
        progressions=[progression("2024-05-01", "distant"), progression("2024-06-01", lesion=2)],
        death=death("2025-01-01"),
    )
    first = facts.lesions[1]
    assert days(EventKind.DISTANT_PROGRESSION, facts, first) == ["2024-05-01"]
    assert days(EventKind.ANY_PROGRESSION, facts, first) == ["2024-05-01", "2024-06-01"]
    assert days(EventKind.DEATH_ANY, facts, first) == ["2025-01-01"]
