"""The carbon-ion cohort against Cuccia et al. 2020: Table II, text, and the published curves."""

from collections import Counter

import pytest

from tests.registry.demo.reading import MONTH, POINTS, age, day, spans, survival


@pytest.fixture(scope="module")
def cohort(cohorts):
    return cohorts["cnao"]


@pytest.fixture(scope="module")
def origin(cohort):
    return {row["patient"]: day(row["started_on"]) for row in cohort["courses"]}


def test_54_patients_have_one_target_each(cohort):
    assert len(cohort.patients) == len(set(cohort.patients)) == 54
    assert {
        len(cohort[table]) for table in ("lesions", "courses", "targets", "target_lesions")
    } == {54}


def test_patients_have_the_published_characteristics(cohort):
    starts = cohort.first_course()
    ages = [
        age(row["birth_date"], starts[row["pseudonym"]]["started_on"]) for row in cohort["patients"]
    ]
    assert spans(ages) == (50, 19, 79)
    assert cohort.count("patients", "sex") == {"male": 32, "female": 22}
    types = cohort.count("diseases", "morphology")
    assert (types["9180/3"], types["8815/3"], types["9220/3"]) == (13, 3, 21)
    assert not any(code.startswith("937") for code in types), "chordomas are excluded"
    assert cohort.count("diseases", "grade") == {"1": 11, "2": 12, "3": 23, "x": 8}
    assert cohort.count("baselines", "setting") == {"primary": 41, "recurrence": 13}
    assert cohort.count("lesions", "description") == {
        "Pelvis": 27,
        "Cervical spine": 8,
        "Thoracic spine and chest wall": 13,
        "Lumbar spine": 6,
    }
    assert cohort.count("surgeries", "residual_tumour") == {"r1": 8, "r2": 17}
    assert len(cohort["systemic_therapies"]) == 22
    assert not cohort["prior_radiotherapies"]
    assert min(cohort.numbers("baselines", "kps")) >= 70


def test_doses_and_volumes_have_the_published_medians_and_ranges(cohort):
    assert spans(cohort.numbers("phases", "dose_gy")) == (73.6, 70.4, 76.8)
    assert cohort.count("phases", "fraction_count", "fractions_per_week") == {("16", "4"): 54}
    daily = [round(dose / 16, 2) for dose in cohort.numbers("phases", "dose_gy")]
    assert spans(daily) == (4.6, 4.4, 4.8)
    assert spans(cohort.numbers("targets", "gtv_cm3")) == (268.51, 72, 3199.74)
    assert spans(cohort.numbers("targets", "ptv_cm3")) == (1177.93, 178, 6596.99)
    assert all(float(row["gtv_cm3"]) < float(row["ptv_cm3"]) for row in cohort["targets"])
    assert cohort.count("courses", "rbe_model") == {"lem_i": 54}


def test_follow_up_is_24_months_in_the_median_from_4_to_61(cohort, origin):
    end = cohort.end()
    middle, low, high = spans((end[p] - start).days / MONTH for p, start in origin.items())
    assert middle == pytest.approx(24.0, abs=0.3)
    assert (round(low), round(high)) == (4, 61)
    assert len(cohort["losses"]) == 4


@pytest.mark.parametrize(("months", "published"), [(12, 84.8), (24, 67.4), (36, 67.4)])
def test_local_control_passes_through_the_published_rates(cohort, origin, months, published):
    times = cohort.times(origin, cohort.progressions("local")).values()
    assert survival(times, months) == pytest.approx(published, abs=POINTS)


@pytest.mark.parametrize(("months", "published"), [(12, 97.5), (24, 92.2), (36, 92.2)])
def test_distant_progression_free_survival_passes_through_the_published_rates(
    cohort, origin, months, published
):
    times = cohort.times(origin, cohort.progressions("distant")).values()
    assert survival(times, months) == pytest.approx(published, abs=POINTS)


@pytest.mark.parametrize(("months", "published"), [(12, 87.1), (24, 75.4), (36, 64.0)])
def test_overall_survival_passes_through_the_published_rates(cohort, origin, months, published):
    times = cohort.times(origin, cohort.deaths()).values()
    assert survival(times, months) == pytest.approx(published, abs=POINTS)


def test_fifteen_fail_locally_thirteen_months_after_treatment_in_the_median(cohort):
    ended = {row["patient"]: day(row["ended_on"]) for row in cohort["courses"]}
    failed = cohort.progressions("local")
    months = [(on - ended[patient]).days / MONTH for patient, on in failed.items()]
    assert len(months) == 15
    middle, low, high = spans(months)
    assert middle == pytest.approx(13, abs=0.5)
    assert low >= 3
    assert round(high) == 35
    assert sum(value <= 24 for value in months) == 13
    assert all(row["field_relation"] == "in_field" for row in cohort["progressions"]
               if row["kind"] == "local")  # fmt: skip


def test_twelve_progress_distantly_and_fifteen_die_six_of_the_disease(cohort):
    assert len(cohort.progressions("distant")) == 12
    assert len(cohort["deaths"]) == 15
    assert cohort.count("deaths", "cause")["disease"] == 6


def test_the_large_tumours_fail_more_often(cohort):
    large = {row["patient"] for row in cohort["targets"] if float(row["gtv_cm3"]) > 1000}
    failed = set(cohort.progressions("local"))
    assert len(large & failed) / len(large) > 2 * len(failed - large) / (54 - len(large))


def test_toxicity_is_as_published(cohort):
    starts = cohort.first_course()
    late: Counter[tuple[str, str]] = Counter()
    for row in cohort["toxicity_events"]:
        onset = day(row["onset_on"]) - day(starts[row["patient"]]["started_on"])
        if onset.days > 90:
            late[row["term"].split()[-1], row["grade"]] += 1
        else:
            assert int(row["grade"]) <= 2
    assert late == {("neuropathy", "3"): 2}
