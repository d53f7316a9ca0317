"""The pre-operative cohort against the review: O'Sullivan, Davis and Sampath as it cites them."""

from collections import Counter

import pytest

from tests.registry.demo.reading import POINTS, day, survival


@pytest.fixture(scope="module")
def cohort(cohorts):
    return cohorts["preop"]


@pytest.fixture(scope="module")
def origin(cohort):
    return {row["patient"]: day(row["started_on"]) for row in cohort["courses"]}


@pytest.fixture(scope="module")
def operations(cohort):
    return {
        row["patient"]: day(row["performed_on"])
        for row in cohort["surgeries"]
        if row["procedure"] != "amputation"
    }


def test_60_patients_are_irradiated_and_59_operated_on_so_far(cohort, operations):
    assert len(cohort.patients) == len(cohort["courses"]) == 60
    assert len(operations) == 59


def test_doses_are_50_in_25_or_36_in_18_for_myxoid_liposarcoma(cohort):
    types = {row["patient"]: row["morphology"] for row in cohort["diseases"]}
    for row in cohort["phases"]:
        expected = ("36", "18") if types[row["patient"]] == "8852/3" else ("50", "25")
        assert (row["dose_gy"], row["fraction_count"]) == expected
    assert Counter(row["dose_gy"] for row in cohort["phases"])["50"] == 54


def test_surgery_follows_four_to_six_weeks_after_radiotherapy(cohort, operations):
    ended = {row["patient"]: day(row["ended_on"]) for row in cohort["courses"]}
    waits = [(on - ended[patient]).days for patient, on in operations.items()]
    assert min(waits) >= 28
    assert max(waits) <= 42


def test_35_percent_have_a_wound_complication_within_120_days(cohort, operations):
    onset = {
        row["patient"]: day(row["onset_on"])
        for row in cohort["toxicity_events"]
        if row["term"] == "Wound complication"
    }
    assert len(onset) == 21
    assert 100 * len(onset) / 60 == pytest.approx(35, abs=POINTS)
    assert all(0 < (on - operations[patient]).days <= 120 for patient, on in onset.items())
    free = survival(cohort.times(operations, onset).values(), 120 / 30.4375)
    assert 100 - free == pytest.approx(35, abs=POINTS)
    treated = [row for row in cohort["toxicity_events"] if row["action"] == "surgery"]
    assert 100 * len(treated) / 60 == pytest.approx(16, abs=POINTS)


@pytest.mark.parametrize(
    ("term", "published"),
    [
        ("Fibrosis deep connective tissue", 31.5),
        ("Edema limbs", 15.1),
        ("Joint range of motion decreased", 17.8),
    ],
)
def test_late_toxicity_of_grade_2_or_more_is_as_frequent_as_published(cohort, term, published):
    rows = [row for row in cohort["toxicity_events"] if row["term"] == term]
    assert all(int(row["grade"]) >= 2 for row in rows)
    assert 100 * len({row["patient"] for row in rows}) / 60 == pytest.approx(published, abs=POINTS)


def test_local_control_and_survival_at_five_years_are_the_published_ones(cohort, origin):
    control = cohort.times(origin, cohort.progressions("local")).values()
    assert survival(control, 60) == pytest.approx(93, abs=POINTS)
    alive = cohort.times(origin, cohort.deaths()).values()
    assert survival(alive, 60) == pytest.approx(65, abs=POINTS)
