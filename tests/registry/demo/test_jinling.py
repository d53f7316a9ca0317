"""The SBRT cohort against Feng et al. 2022: Tables 1 and 2, text, and the published curves."""

from collections import Counter

import pytest

from tests.registry.demo.reading import (
    MONTH,
    POINTS,
    age,
    bed,
    day,
    spans,
    survival,
    survival_median,
)


@pytest.fixture(scope="module")
def cohort(cohorts):
    return cohorts["jinling"]


@pytest.fixture(scope="module")
def origin(cohort):
    return {patient: day(row["started_on"]) for patient, row in cohort.first_course().items()}


@pytest.fixture(scope="module")
def grades(cohort):
    return {row["patient"]: row["grade"] for row in cohort["diseases"]}


def doses(cohort):
    return [(float(row["dose_gy"]), int(row["fraction_count"])) for row in cohort["phases"]]


def test_68_are_screened_and_37_enrolled_with_58_lesions(cohort):
    assert len(cohort["screenings"]) == 68
    assert cohort.count("screenings", "outcome") == {"enrolled": 37, "not_enrolled": 31}
    assert all(
        bool(row["reason_not_enrolled"]) == (row["outcome"] == "not_enrolled")
        for row in cohort["screenings"]
    )
    assert len(cohort.patients) == len(set(cohort.patients)) == 37
    assert len(cohort["lesions"]) == len(cohort["target_lesions"]) == 58


def test_patients_have_the_published_characteristics(cohort):
    starts = cohort.first_course()
    ages = [
        age(row["birth_date"], starts[row["pseudonym"]]["started_on"]) for row in cohort["patients"]
    ]
    assert spans(ages) == (58, 19, 82)
    assert cohort.count("patients", "sex") == {"male": 25, "female": 12}
    assert cohort.count("diseases", "grade") == {"1": 19, "2": 4, "3": 14}
    assert cohort.count("baselines", "setting") == {"recurrence": 18, "oligometastasis": 19}
    lesions = Counter(row["concurrent_lesion_count"] for row in cohort["baselines"])
    assert lesions["1"] == 24
    assert lesions["2"] + lesions["3"] == 13


def test_pathological_types_are_as_published(cohort):
    types = cohort.count("diseases", "morphology")
    groups = {
        "smooth muscle": {"8890/3": 5},
        "fibroblastic": {
            "8811/3": 5, "8810/3": 2, "8825/1": 1, "8815/3": 1, "8821/1": 1, "8832/1": 1,
        },
        "uncertain differentiation": {
            "8805/3": 3, "8801/3": 1, "9051/3": 1, "8930/3": 1, "9581/3": 1, "9040/3": 1,
        },
        "adipocytic": {"8858/3": 3, "8852/3": 2},
        "vascular": {"9120/3": 3},
    }  # fmt: skip
    for expected in groups.values():
        assert {code: types[code] for code in expected} == expected
    assert sum(types[code] for code in types if code.startswith(("890", "891", "892"))) == 3
    assert types["8800/3"] == 2


def test_earlier_and_systemic_treatment_is_as_published(cohort):
    setting = {row["patient"]: row["setting"] for row in cohort["baselines"]}
    around = [row for row in cohort["systemic_therapies"] if row["timing"] != "adjuvant"]
    assert Counter(row["kind"] for row in around) == {
        "chemotherapy": 18,
        "targeted": 4,
        "immunotherapy": 1,
        "interventional": 2,
    }
    assert len({row["patient"] for row in cohort["systemic_therapies"]}) == 25
    chemotherapy = [row for row in around if row["kind"] == "chemotherapy"]
    assert Counter(setting[row["patient"]] for row in chemotherapy) == {
        "oligometastasis": 11,
        "recurrence": 7,
    }
    starts = cohort.first_course()
    order = Counter(
        "with"
        if row["timing"] == "concurrent"
        else "before"
        if row["started_on"] < starts[row["patient"]]["started_on"]
        else "after"
        for row in chemotherapy
    )
    assert order == {"before": 9, "after": 5, "with": 4}
    adjuvant = [row for row in cohort["systemic_therapies"] if row["timing"] == "adjuvant"]
    assert len(adjuvant) == 13
    assert len(cohort["surgeries"]) == 28
    assert sum(int(row["operation_count"]) > 2 for row in cohort["surgeries"]) == 7
    assert len(cohort["prior_radiotherapies"]) == 3


def test_relapse_came_seven_months_after_diagnosis_in_the_median(cohort):
    diagnosed = {row["patient"]: row for row in cohort["diseases"]}
    found = {row["patient"]: row["found_on"] for row in cohort["lesions"]}
    months = [
        round((day(found[patient]) - day(row["diagnosed_on"])).days / MONTH)
        for patient, row in diagnosed.items()
        if row["metastatic_at_diagnosis"] == "no"
    ]
    assert len(months) == 31
    assert spans(months) == (7, 2, 100)


def test_lesions_have_the_published_sites_and_sizes(cohort):
    assert cohort.count("lesions", "description") == {
        "Head and neck": 6,
        "Lung": 17,
        "Chest": 5,
        "Abdomen/pelvis": 18,
        "Vertebral body bone": 10,
        "Limbs": 2,
    }
    sizes = cohort.numbers("lesions", "longest_diameter_cm")
    assert spans(sizes) == (5.5, 1.6, 20.0)
    assert sum(size < 5 for size in sizes) == 26
    large = Counter(
        row["description"] for row in cohort["lesions"] if float(row["longest_diameter_cm"]) > 5
    )
    assert large["Abdomen/pelvis"] == 17
    assert large["Lung"] + large["Chest"] == 12


def test_doses_have_the_published_patterns_medians_and_ranges(cohort):
    given = doses(cohort)
    patterns = Counter(given)
    assert len(given) == 58
    assert patterns[30, 3] == 8
    assert sum(n for (d, f), n in patterns.items() if f in (3, 4) and 45 <= d <= 48) == 4
    assert sum(n for (d, f), n in patterns.items() if f == 3 and 54 <= d <= 60) == 3
    assert (patterns[40, 5], patterns[45, 5], patterns[50, 5]) == (5, 11, 15)
    assert spans(d for d, _ in given) == (45, 30, 75)
    assert spans(f for _, f in given) == (5, 2, 10)
    beds = [round(bed(d, f, 10), 1) for d, f in given]
    assert spans(beds) == (85.5, 51.3, 187.5)
    assert sum(value < 100 for value in beds) == 31


@pytest.mark.parametrize(
    ("column", "middle", "low", "high"),
    [
        ("prescription_isodose_percent", 75, 55, 88),
        ("conformity_index", 1.13, 1.00, 2.77),
        ("new_conformity_index", 1.42, 1.13, 2.93),
        ("homogeneity_index", 1.33, 1.10, 2.00),
        ("ptv_coverage_percent", 86.12, 47.81, 99.75),
    ],
)
def test_plan_figures_have_the_published_medians_and_ranges(cohort, column, middle, low, high):
    assert spans(cohort.numbers("targets", column)) == (middle, low, high)


def test_follow_up_is_21_months_in_the_median_from_3_to_125(cohort, origin):
    end = cohort.end()
    months = [(end[patient] - start).days / MONTH for patient, start in origin.items()]
    middle, low, high = spans(months)
    assert middle == pytest.approx(21.0, abs=0.3)
    assert (round(low), round(high)) == (3, 125)


@pytest.mark.parametrize(("months", "published"), [(12, 80.2), (24, 58.3), (36, 46.6)])
def test_local_control_of_lesions_passes_through_the_published_rates(cohort, months, published):
    times = cohort.lesion_times().values()
    assert survival(times, months) == pytest.approx(published, abs=POINTS)


@pytest.mark.parametrize(("months", "published"), [(12, 71.5), (24, 40.0), (36, 29.1)])
def test_overall_survival_passes_through_the_published_rates(cohort, origin, months, published):
    times = cohort.times(origin, cohort.deaths()).values()
    assert survival(times, months) == pytest.approx(published, abs=POINTS)


@pytest.mark.parametrize(("months", "published"), [(12, 43.6), (24, 26.8), (36, 18.4)])
def test_progression_free_survival_passes_through_the_published_rates(
    cohort, origin, months, published
):
    times = cohort.times(origin, cohort.deaths(), cohort.progressions("local", "distant"))
    assert survival(times.values(), months) == pytest.approx(published, abs=POINTS)


def test_medians_are_the_published_ones(cohort, origin):
    dead = cohort.deaths()
    progressed = cohort.progressions("local", "distant")
    assert survival_median(cohort.lesion_times().values()) == pytest.approx(25.0, abs=0.5)
    assert survival_median(cohort.times(origin, dead).values()) == pytest.approx(24.0, abs=0.5)
    progression_free = cohort.times(origin, dead, progressed).values()
    assert survival_median(progression_free) == pytest.approx(10.0, abs=0.5)


def test_grades_differ_as_published(cohort, origin, grades):
    alive = cohort.times(origin, cohort.deaths())
    low = [times for patient, times in alive.items() if grades[patient] == "1"]
    high = [times for patient, times in alive.items() if grades[patient] != "1"]
    assert survival(low, 12) == pytest.approx(92.9, abs=POINTS)
    assert survival(low, 36) == pytest.approx(61.1, abs=POINTS)
    assert survival_median(low) == pytest.approx(75, abs=0.5)
    assert survival(high, 36) == pytest.approx(6.0, abs=POINTS)
    assert survival_median(high) == pytest.approx(13, abs=0.5)
    # 57.9 % of G2-3 at one year cannot be met beside 71.5 % of all: docs/demo-cohorts.md.
    assert survival(high, 12) == pytest.approx(57.9, abs=2.5)
    controlled = cohort.lesion_times()
    for grade_1, published in ((True, 45), (False, 20)):
        times = [t for (p, _), t in controlled.items() if (grades[p] == "1") is grade_1]
        assert survival_median(times) == pytest.approx(published, abs=1.1)


def test_toxicity_is_as_published(cohort):
    events = Counter((row["term"], row["grade"]) for row in cohort["toxicity_events"])
    assert sum(events["Fatigue", grade] for grade in "12") == 8
    assert events["Pneumonitis", "2"] == 1
    assert sum(events["Enterocolitis", grade] for grade in "12") == 2
    assert events["Dermatitis radiation", "3"] == 1
    assert sum(events.values()) == 12
    ended = {row["patient"]: day(row["ended_on"]) for row in cohort["courses"]}
    for row in cohort["toxicity_events"]:
        since = (day(row["onset_on"]) - ended[row["patient"]]).days
        is_late = row["term"] == "Dermatitis radiation"
        assert (since > 92) is is_late
    assert {row["release"] for row in cohort["toxicity_events"]} == {"4.03"}
