"""Curves by group: tests between them, small groups, and what a reader must know."""

from xml.etree import ElementTree as ET

import pytest

from analytics.artefacts.curves_by_group import curves_by_group
from tests.analytics.artefacts.reading import figure, line, table
from tests.analytics.artefacts.survival_cohort import (
    ANSWERS,
    followed,
    lesions_of_r,
    patients_of_r,
)

SVG = "{http://www.w3.org/2000/svg}"


def of_class(svg, name):
    return [node for node in ET.fromstring(svg).iter() if name in node.get("class", "").split()]


def words(svg):
    return " ".join(" ".join(node.text or "" for node in ET.fromstring(svg).iter()).split())


@pytest.fixture(scope="module")
def by_grade():
    return curves_by_group(patients_of_r(), endpoint="OS", group_by="grade", at_months=[24])


def test_each_group_has_its_curve_with_its_name_at_the_end(by_grade):
    svg = figure(by_grade).svg
    assert [node.text for node in of_class(svg, "fig-name")] == ["G1", "G2", "G3"]
    drawn = [node for node in of_class(svg, "fig-curve") if node.tag == f"{SVG}path"]
    assert len({node.get("stroke-dasharray") for node in drawn}) == 3


def test_the_log_rank_test_is_that_of_r_and_printed_on_the_figure(by_grade):
    # R: 0.05199.
    assert f"{ANSWERS['univariate']['grade']['log_rank']:.3f}" == "0.052"
    assert "Log-rank P = 0.052; log-rank for trend P = " in words(figure(by_grade).svg)


def test_rates_of_groups_are_those_of_r(by_grade):
    answer = ANSWERS["univariate"]["grade"]
    shown = table(by_grade, 1)
    rates = [row.cells[3].value for row in shown.rows]
    assert rates == pytest.approx(answer["rate"], rel=1e-6)


def test_two_groups_have_no_test_for_trend():
    found = curves_by_group(patients_of_r(), endpoint="OS", group_by="sex")
    assert "trend" not in words(figure(found).svg)


def test_lesions_have_the_clustered_test_and_the_other_labelled_as_ignoring_clustering():
    found = curves_by_group(lesions_of_r(), endpoint="LC", group_by="lesion_size_5")
    answer = ANSWERS["lesions_size_5"]
    assert (
        f"Score test clustered by patient P = {answer['score']:.3f}; "
        f"log-rank, ignoring clustering, P = {answer['log_rank']:.3f}."
    ) in words(figure(found).svg)
    assert "clustered by patient" in words(figure(found).svg)


def test_the_table_under_the_axis_has_at_risk_censored_and_events_of_each_group(by_grade):
    labels = [node.text for node in of_class(figure(by_grade).svg, "fig-row-label")]
    assert labels == ["At risk", "Censored", "Events"] * 3
    alternative = figure(by_grade).table
    assert [row.label for row in alternative.rows if row.is_heading] == ["G1", "G2", "G3"]


def test_a_small_group_is_neither_shown_nor_tested_and_that_is_said():
    days = [100, 200, 300, 400, 500, 600, 250]
    values = [{"grade": "1"}] * 3 + [{"grade": "2"}] * 3 + [{"grade": "3"}]
    cohort = followed(days, [1, 1, 0, 1, 0, 1, 1], values)
    found = curves_by_group(cohort, endpoint="OS", group_by="grade", min_group=2)
    both = curves_by_group(
        followed(days[:6], [1, 1, 0, 1, 0, 1], values[:6]), endpoint="OS", group_by="grade"
    )

    assert [row.label for row in table(found, 1).rows] == ["G1", "G2"]
    said = words(figure(found).svg)
    assert "Not shown and not tested, because fewer than 2: G3." in said
    test = table(both, 1).notes[0]
    assert test.startswith("Log-rank P = 0.")
    assert test in said


def test_those_whose_group_is_not_known_are_said():
    values = [{"sex": "male"}, {"sex": "female"}, {}]
    found = curves_by_group(followed([1, 2, 3], [1, 1, 1], values), endpoint="OS", group_by="sex")
    assert "1 in no curve, because the group is not known." in words(figure(found).svg)


def test_one_group_only_is_drawn_and_not_tested():
    values = [{"sex": "male"}] * 2
    found = curves_by_group(followed([100, 200], [1, 0], values), endpoint="OS", group_by="sex")
    assert "One group only: there is nothing to compare." in words(figure(found).svg)
    assert line(table(found, 1), "Male")[:2] == ["2", "1"]


def test_groups_without_events_are_drawn_and_have_no_p():
    values = [{"sex": "male"}, {"sex": "female"}]
    found = curves_by_group(followed([100, 200], [0, 0], values), endpoint="OS", group_by="sex")
    assert "Log-rank P –." in words(figure(found).svg)


def test_nobody_in_any_group_is_said():
    found = curves_by_group(followed([], []), endpoint="OS", group_by="sex")
    assert found.parts == ()
    assert found.reason == "No group has anybody who was followed."


def test_more_groups_than_can_be_told_apart_are_not_drawn():
    values = [{"t_category": code} for code in ("T0", "T1", "T1a", "T1b", "T2", "T2a", "T2b")]
    cohort = followed([100] * 7, [1] * 7, values)
    found = curves_by_group(cohort, endpoint="OS", group_by="t_category")
    assert found.reason.startswith("7 groups are too many for one figure")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"group_by": "age"}, "'age' is a number"),
        ({"group_by": "sex", "min_group": 0}, "min_group must be at least 1"),
        ({"group_by": "sex", "conf_type": "x"}, "conf_type must be one of"),
    ],
)
def test_wrong_options_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        curves_by_group(patients_of_r(), endpoint="OS", **wrong)


@pytest.mark.parametrize(
    ("endpoint", "qualified"), [("LC_PT", ""), ("LC", ", ignoring clustering,")]
)
def test_where_deaths_compete_gray_s_test_stands_beside_the_log_rank_test(endpoint, qualified):
    # R: cuminc() 0.88884; survdiff() 1, for it censors the man who dies between the failures.
    cohort = followed(
        [9, 9, 9, 9, 2, 9],
        [0, 0, 0, 0, 1, 0],
        [{"sex": sex} for sex in ("female",) * 3 + ("male",) * 3],
        local_failures={0: 1, 3: 3},
    )
    svg = figure(curves_by_group(cohort, endpoint=endpoint, group_by="sex")).svg
    assert f"Gray's test of cumulative incidence{qualified} P = 0.889" in words(svg)
    assert "P = 1.000; " in words(svg)


def test_where_nothing_competed_there_is_no_test_of_gray(by_grade):
    assert "Gray" not in words(figure(by_grade).svg)


def test_a_single_patient_who_dies_first_makes_no_finding_without_a_warning():
    # R: survdiff() gives a chi square of 9 and P = 0.003 for one man against nine women, although
    # 0.1 events were expected of him.
    values = [{"sex": "male"}] + [{"sex": "female"}] * 9
    found = curves_by_group(
        followed([1, *range(100, 1000, 100)], [1] + [0] * 9, values), endpoint="OS", group_by="sex"
    )
    assert "Log-rank P = 0.003" in words(figure(found).svg)
    said = "Fewer than 5 events are expected in a group: P of the log-rank test is rough"
    assert any(note.startswith(said) for note in table(found, 1).notes)


def test_groups_with_events_enough_carry_no_such_warning():
    values = [{"sex": sex} for sex in ("male", "female") * 10]
    found = curves_by_group(
        followed(range(10, 210, 10), [1] * 20, values), endpoint="OS", group_by="sex"
    )
    assert not any("is rough" in note for note in table(found, 1).notes)
