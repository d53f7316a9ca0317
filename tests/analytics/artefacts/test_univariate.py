"""Univariate tables against the answers of R, and of cohorts too small to say anything."""

import pytest

from analytics.artefacts.univariate import univariate
from analytics.covariates import CovariateError
from tests.analytics.artefacts.reading import lines, table
from tests.analytics.artefacts.survival_cohort import (
    ANSWERS,
    followed,
    lesions_of_r,
    patients_of_r,
)
from tests.analytics.estimators.cox_answers import made_again, same_answers

N, EVENTS, RATE, RATIO, P, LOG_RANK, MISSING = range(7)


def cells(shown, label):
    """The cells of the only line with that label."""
    (row,) = [row for row in shown.rows if row.label == label]
    return row.cells


@pytest.fixture(scope="module")
def of_patients():
    return table(
        univariate(
            patients_of_r(), endpoint="OS", variables=["grade", "sex", "age"], at_months=[24]
        )
    )


def test_ratios_and_tests_of_categories_are_those_of_r(of_patients):
    answer = ANSWERS["univariate"]["grade"]
    variable = cells(of_patients, "FNCLCC grade")

    assert variable[P].value == pytest.approx(answer["p"], rel=1e-6)
    assert variable[LOG_RANK].value == pytest.approx(answer["log_rank"], rel=1e-6)
    for place, label in enumerate(("G2", "G3")):
        line = cells(of_patients, label)
        assert line[RATIO].value == pytest.approx(answer["hr"][place], rel=1e-6)
        assert line[P].value == pytest.approx(answer["wald"][place], rel=1e-6)
    assert cells(of_patients, "G2")[RATIO].text == "3.36 (0.81–13.88)"
    assert cells(of_patients, "G1")[RATIO].text == "1 (reference)"


def test_rates_of_groups_are_those_of_r(of_patients):
    answer = ANSWERS["univariate"]["sex"]
    for place, label in enumerate(("Female", "Male")):
        rate = cells(of_patients, label)[RATE]
        assert rate.value == pytest.approx(answer["rate"][place], rel=1e-6)
    assert cells(of_patients, "Female")[RATE].text == "70.1 % (38.5–87.6)"


def test_a_number_has_a_ratio_for_its_unit_among_those_of_whom_it_is_known(of_patients):
    answer = ANSWERS["univariate"]["age"]
    age = cells(of_patients, "Age, per unit (years)")

    assert age[N].value == answer["n"]
    assert age[EVENTS].value == answer["events"]
    assert age[MISSING].value == 2
    assert age[RATIO].value == pytest.approx(answer["hr"][0], rel=1e-6)
    assert age[LOG_RANK].text == "–"


def test_another_reference_turns_the_ratio_round():
    shown = table(
        univariate(
            patients_of_r(),
            endpoint="OS",
            variables=["sex"],
            at_months=[24],
            references={"sex": "male"},
        )
    )
    ratio = ANSWERS["univariate"]["sex"]["hr"][0]
    assert cells(shown, "Female")[RATIO].value == pytest.approx(1 / ratio, rel=1e-6)
    assert cells(shown, "Male")[RATIO].text == "1 (reference)"


def test_lesions_have_clustered_limits_and_tests_beside_the_log_rank_test():
    answer = ANSWERS["lesions_size_5"]
    shown = table(
        univariate(
            lesions_of_r(),
            endpoint="LC",
            variables=["lesion_size_5"],
            at_months=[12],
            references={"lesion_size_5": "le5"},
        )
    )
    _, _, _, _, cox_p, score, log_rank, _ = cells(shown, "Longest diameter of the lesion")
    large = cells(shown, "> 5 cm")

    assert cox_p.value == pytest.approx(answer["wald"], rel=1e-6)
    assert score.value == pytest.approx(answer["score"], rel=1e-6)
    assert log_rank.value == pytest.approx(answer["log_rank"], rel=1e-6)
    assert large[RATIO].text == "5.65 (2.19–14.60)"
    assert large[RATE].text == "37.5 % (11.5–64.1)"
    headings = [column.label for column in shown.columns]
    assert "P (log-rank, ignores clustering)" in headings
    assert any("clustered by patient" in note for note in shown.notes)


def test_a_group_without_events_has_a_dash_and_words_in_place_of_a_ratio():
    cohort = followed(
        [100, 200, 300, 400, 500, 600],
        [1, 1, 1, 0, 0, 0],
        [{"sex": "male"}] * 3 + [{"sex": "female"}] * 3,
    )
    shown = table(univariate(cohort, endpoint="OS", variables=["sex"], at_months=[12]))

    assert cells(shown, "Male")[RATIO].text == "–"
    assert (
        "Sex: no event in the reference category, so that no hazard ratio of “Male” can be "
        "estimated." in shown.notes
    )


def test_few_events_are_said(of_patients):
    # 16 deaths: enough for one coefficient of the sex, not for two of the grade.
    few = [note for note in of_patients.notes if note.startswith("Fewer than 10 events")]
    assert few == [
        "Fewer than 10 events per coefficient, so that estimates and their limits are unstable: "
        "FNCLCC grade."
    ]


@pytest.mark.parametrize(
    ("days", "died", "values"),
    [
        ([100], [1], [{"sex": "male"}]),
        ([100, 200], [0, 0], [{"sex": "male"}, {"sex": "female"}]),
        ([100, 200], [1, 1], [{"sex": "male"}, {"sex": "male"}]),
        ([100, 200], [1, 1], [{}, {}]),
    ],
    ids=["one patient", "no event", "one group", "nothing known"],
)
def test_a_cohort_that_says_nothing_gives_a_table_without_ratios(days, died, values):
    cohort = followed(days, died, values)
    shown = table(univariate(cohort, endpoint="OS", variables=["sex", "age"], at_months=[12]))

    ratios = {row.cells[RATIO].text for row in shown.rows}
    assert ratios <= {"", "–", "1 (reference)"}


@pytest.mark.slow
def test_the_stored_answers_are_what_the_script_makes():
    same_answers(made_again("model_tables"), ANSWERS)


def test_nobody_followed_is_said():
    found = univariate(followed([], []), endpoint="OS", variables=["sex"])
    assert found.parts == ()
    assert found.reason == "Nobody was followed for this endpoint."


def test_an_unknown_variable_or_endpoint_is_refused():
    with pytest.raises(CovariateError, match="shoe_size"):
        univariate(followed([100], [1]), endpoint="OS", variables=["shoe_size"])
    with pytest.raises(LookupError, match="has no endpoint XX"):
        univariate(followed([100], [1]), endpoint="XX", variables=["sex"])


def test_the_variables_of_the_paper_are_shown_where_none_is_named():
    shown = table(univariate(lesions_of_r(), endpoint="LC"))
    headings = [line.split(" | ")[0] for line in lines(shown) if not line.startswith(" ")]
    assert headings == [
        "Disease setting",
        "FNCLCC grade",
        "Concurrent lesions",
        "Longest diameter of the lesion",
        "BED, α/β = 10 Gy (lesion)",
    ]
