"""A part of a cohort: frames and facts are cut alike."""

import pytest

from analytics.covariates import Condition, CovariateError, subset
from analytics.extract.facts import StudyFacts
from analytics.extract.table import table_of
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.by_hand import course, lesions, on, patient, progression


def facts_of(pseudonym, *, lesion_count, failures=()):
    facts = patient(
        courses=[course(1, "2024-01-10", "2024-01-24")],
        lesions=lesions(*[[1]] * lesion_count),
        progressions=list(failures),
    )
    facts.pseudonym = pseudonym
    facts.last_contact = on("2025-01-10")
    return facts


@pytest.fixture
def cohort():
    """P1: G1, lesions of 3 and 8 cm; P2: G3, one of 6 cm; P3: no grade, one of 2 cm."""
    sizes = {"P1": (3, 8), "P2": (6,), "P3": (2,)}
    grades = {"P1": "1", "P2": "3", "P3": ""}
    return make_cohort(
        patients=[{"USUBJID": key, "grade": grade} for key, grade in grades.items()],
        lesions=[
            {
                "USUBJID": key,
                "LESID": str(number),
                "lesion_diameter_cm": size,
                "grade": grades[key],
            }
            for key, row in sizes.items()
            for number, size in enumerate(row, start=1)
        ],
        courses=[{"USUBJID": key} for key in sizes],
        targets=[{"USUBJID": key} for key in sizes],
        dose_metrics=[{"USUBJID": key} for key in sizes],
        toxicities=[{"USUBJID": key} for key in sizes],
        progressions=[{"USUBJID": key} for key in sizes],
        losses=[{"USUBJID": key} for key in sizes],
        screenings=[{"USUBJID": key} for key in (*sizes, "")],
        facts=StudyFacts(
            "jinling",
            None,
            tuple(facts_of(key, lesion_count=len(row)) for key, row in sizes.items()),
        ),
    )


def chosen(cohort, *texts):
    return subset(cohort, [Condition.parse(text) for text in texts])


def test_a_condition_on_patients_keeps_all_that_is_theirs(cohort):
    part = chosen(cohort, "grade:in:1,3")
    for name in ("patients", "courses", "targets", "dose_metrics", "toxicities", "progressions"):
        assert list(getattr(part, name)["USUBJID"]) == ["P1", "P2"], name
    for name in ("losses", "screenings"):
        assert list(getattr(part, name)["USUBJID"]) == ["P1", "P2"], name
    assert list(part.lesions["USUBJID"]) == ["P1", "P1", "P2"]
    assert [row.pseudonym for row in part.facts.patients] == ["P1", "P2"]
    assert part.subset == ("FNCLCC grade is G1 or G3",)
    assert list(part.lesions.index) == [0, 1, 2]


def test_a_condition_on_lesions_keeps_them_and_their_patients(cohort):
    part = chosen(cohort, "lesion_diameter_cm:gt:5")
    assert list(zip(part.lesions["USUBJID"], part.lesions["LESID"], strict=True)) == [
        ("P1", "2"),
        ("P2", "1"),
    ]
    assert list(part.patients["USUBJID"]) == ["P1", "P2"]


def test_endpoints_of_lesions_count_the_chosen_ones_only(cohort):
    endpoint = cohort.protocol.endpoint("LC")
    part = chosen(cohort, "lesion_diameter_cm:gt:5")
    rows = table_of(part.facts, endpoint).rows
    assert list(zip(rows["USUBJID"], rows["LESID"], strict=True)) == [("P1", "2"), ("P2", "1")]
    assert len(table_of(cohort.facts, endpoint).rows) == 4


def test_a_failure_that_names_no_lesion_is_not_laid_on_the_only_one_chosen(cohort):
    cohort.facts.patients[0].progressions.append(progression("2024-06-01"))
    endpoint = cohort.protocol.endpoint("LC")
    part = table_of(chosen(cohort, "lesion_diameter_cm:gt:5").facts, endpoint)
    assert list(part.rows["USUBJID"]) == ["P2"]
    assert [(row.pseudonym, row.lesion, row.reason) for row in part.excluded] == [
        ("P1", "2", "unassigned_event")
    ]


def test_all_conditions_hold_together_and_follow_one_another(cohort):
    both = chosen(cohort, "grade:eq:1", "lesion_size_5:eq:le5")
    assert list(zip(both.lesions["USUBJID"], both.lesions["LESID"], strict=True)) == [("P1", "1")]
    one_by_one = chosen(chosen(cohort, "grade:eq:1"), "lesion_size_5:eq:le5")
    assert one_by_one.lesions.equals(both.lesions)
    assert one_by_one.subset == both.subset


def test_nobody_may_be_left(cohort):
    part = chosen(cohort, "grade:eq:2")
    assert (len(part.patients), len(part.lesions), part.facts.patients) == (0, 0, ())


def test_without_conditions_it_is_the_cohort_itself(cohort):
    assert subset(cohort, []) is cohort


def test_an_unknown_covariate_is_refused(cohort):
    with pytest.raises(CovariateError, match="no covariate colour"):
        chosen(cohort, "colour:eq:red")
