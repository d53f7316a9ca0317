"""Characteristics, counted by hand."""

import pytest
from django.utils import translation

from analytics.artefacts.characteristics import characteristics
from analytics.covariates import CovariateError
from tests.analytics.artefacts.reading import line, lines, table
from tests.analytics.cohorts import make_cohort

THIGH = {"site": "thigh", "site_region": "lower_extremity"}
KNEE = {"site": "knee", "site_region": "lower_extremity"}
LUNG = {"site": "lung", "site_region": "thorax"}

FIVE = make_cohort(
    patients=[
        {"sex": "male", "age": 61, "setting": "recurrence", "grade": "3", "ecog": 1, **THIGH},
        {"sex": "male", "age": 50, "setting": "recurrence", "grade": "x", "ecog": 0, **THIGH},
        {"sex": "female", "age": 40, "setting": "oligometastasis", "grade": "2", **KNEE},
        {"sex": "male", "age": 70, "setting": "oligometastasis", "grade": "3", "ecog": 1, **LUNG},
        {"sex": "male", "age": 19, "grade": "", "ecog": 2},
    ],
    lesions=[
        {"USUBJID": "P1", "LESID": "1", "lesion_status": "local_relapse", "setting": "recurrence"},
        {"USUBJID": "P1", "LESID": "2", "lesion_site_region": "spine", "setting": "recurrence"},
        {"USUBJID": "P3", "LESID": "1", "lesion_diameter_cm": 5.5, "setting": "oligometastasis"},
    ],
)


def test_categories_numbers_scores_and_nested_sites_are_counted():
    assert lines(table(characteristics(FIVE))) == [
        "Sex",
        "  Female | 1 (20.0 %)",
        "  Male | 4 (80.0 %)",
        "Age (years), median (range) | 50 (19–70)",
        "ECOG performance status",
        "  0 | 1 (25.0 %)",
        "  1 | 2 (50.0 %)",
        "  2 | 1 (25.0 %)",
        "  Not known | 1",
        "Disease setting",
        "  Local recurrence | 2 (50.0 %)",
        "  Oligometastasis | 2 (50.0 %)",
        "  Not known | 1",
        "Primary site",
        "  Lower extremity | 3 (75.0 %)",
        "    Thigh | 2 (50.0 %)",
        "    Knee | 1 (25.0 %)",
        "  Thorax | 1 (25.0 %)",
        "    Lung | 1 (25.0 %)",
        "  Not known | 1",
        "Grade (FNCLCC)",
        "  G2 | 1 (25.0 %)",
        "  G3 | 2 (50.0 %)",
        "  GX (cannot be assessed) | 1 (25.0 %)",
        "  Not known | 1",
    ]


def test_each_group_has_a_column_and_so_have_those_without_one_and_all():
    shown = table(characteristics(FIVE, group_by="setting"))

    assert [(column.group, column.label) for column in shown.columns] == [
        ("Disease setting", "Local recurrence (n = 2)"),
        ("Disease setting", "Oligometastasis (n = 2)"),
        ("Disease setting", "Not known (n = 1)"),
        ("", "All (n = 5)"),
    ]
    assert line(shown, "Male") == ["2 (100.0 %)", "1 (50.0 %)", "1 (100.0 %)", "4 (80.0 %)"]
    assert line(shown, "Age (years), median (range)") == [
        "55.5 (50–61)",
        "55 (40–70)",
        "19 (19–19)",
        "50 (19–70)",
    ]


def test_groups_are_compared_where_asked_for():
    shown = table(characteristics(FIVE, group_by="setting", tests=True))

    assert shown.columns[-1].label == "P"
    # Sex: 2 males of 2 against 1 of 2; all four tables with these margins are as likely.
    assert line(shown, "Sex") == ["", "", "", "", "1.000"]
    # Ages 50, 61 against 40, 70: both groups have rank sum 5, so nothing speaks for a difference.
    assert line(shown, "Age (years), median (range)")[-1] == "1.000"
    assert any("Fisher" in note for note in shown.notes)


def test_the_variable_to_group_by_has_no_lines_of_its_own():
    labels = [row.label for row in table(characteristics(FIVE, group_by="setting")).rows]
    assert "Disease setting" not in labels


def test_tests_without_groups_add_no_column():
    assert len(table(characteristics(FIVE, tests=True)).columns) == 1


def test_quartiles_stand_in_the_place_of_the_range():
    # R: quantile(c(19, 40, 50, 61, 70)) gives 40 and 61.
    shown = table(characteristics(FIVE, spread="iqr"))
    assert line(shown, "Age (years), median (quartiles)") == ["50 (40–61)"]


def test_lesions_have_a_table_of_their_own_where_an_endpoint_counts_them():
    shown = table(characteristics(FIVE, group_by="setting", tests=True), 1)

    assert [column.label for column in shown.columns] == [
        "Local recurrence (n = 2)",
        "Oligometastasis (n = 1)",
        "All (n = 3)",
    ]
    assert lines(shown) == [
        "Location",
        "  Spine | 1 (100.0 %) | 0 | 1 (100.0 %)",
        "  Not known | 1 | 1 | 2",
        "Status",
        "  Local relapse | 1 (100.0 %) | 0 | 1 (100.0 %)",
        "  Not known | 1 | 1 | 2",
        "Longest diameter (cm), median (range) | – | 5.5 (5.5–5.5) | 5.5 (5.5–5.5)",
        "  Not known | 2 | 0 | 2",
    ]


def test_a_study_of_patients_has_no_table_of_lesions():
    cohort = make_cohort(protocol="cams", patients=[{"sex": "male"}], lesions=[{"LESID": "1"}])
    assert len(characteristics(cohort).parts) == 1


def test_what_applies_to_operated_patients_is_counted_among_these():
    cohort = make_cohort(
        patients=[
            {"had_surgery": "yes", "residual_tumour": "r0"},
            {"had_surgery": "yes", "residual_tumour": "r1"},
            {"had_surgery": "yes"},
            {"had_surgery": "no"},
        ]
    )
    assert lines(table(characteristics(cohort))) == [
        "Surgery | 3 (75.0 %)",
        "Residual tumour, of those operated",
        "  R0 (none) | 1 (50.0 %)",
        "  R1 (microscopic) | 1 (50.0 %)",
        "  Not known | 1",
    ]


@pytest.mark.parametrize(("timing", "is_said"), [("after_rt", True), ("before_rt", False)])
def test_an_operation_after_radiotherapy_is_said_to_come_later(timing, is_said):
    patients = [{"had_surgery": "yes", "surgery_timing": timing}]
    notes = table(characteristics(make_cohort(patients=patients))).notes
    assert any("came later" in note for note in notes) is is_said


def test_histologies_stand_in_their_who_groups_and_reports_without_code_in_their_words():
    cohort = make_cohort(
        patients=[
            {"histology_group": "adipocytic", "morphology": "8852/3"},
            {"histology_group": "adipocytic"},
            {"histology": "Sarcoma, outside slides"},
        ]
    )
    assert lines(table(characteristics(cohort))) == [
        "Histology",
        "  Adipocytic tumours | 2 (66.7 %)",
        "    Myxoid liposarcoma | 1 (33.3 %)",
        "    Not specified further | 1 (33.3 %)",
        "  Group not known | 1 (33.3 %)",
        "    Sarcoma, outside slides | 1 (33.3 %)",
    ]


def test_a_group_is_not_repeated_by_the_only_site_in_it():
    site = {"site": "retroperitoneum", "site_region": "retroperitoneum"}
    assert lines(table(characteristics(make_cohort(patients=[site])))) == [
        "Primary site",
        "  Retroperitoneum | 1 (100.0 %)",
    ]


def test_a_therapy_that_nobody_had_has_no_line():
    patients = [{"sex": "male", "had_chemotherapy": "no", "had_prior_radiotherapy": "yes"}]
    shown = lines(table(characteristics(make_cohort(patients=patients))))
    assert shown[2:] == ["Earlier radiotherapy | 1 (100.0 %)"]


def test_many_histologies_are_shown_by_their_groups_alone():
    cohort = make_cohort(
        patients=[
            {"histology_group": "other", "morphology": "", "histology": f"type {number}"}
            for number in range(16)
        ]
    )
    assert len(lines(table(characteristics(cohort)))) == 2


def test_timings_of_chemotherapy_are_read_together():
    cohort = make_cohort(
        patients=[{"had_chemotherapy": "yes", "chemotherapy_timing": "neoadjuvant;adjuvant"}]
    )
    assert "  Neoadjuvant + Adjuvant | 1 (100.0 %)" in lines(table(characteristics(cohort)))


def test_days_are_shown_as_months():
    cohort = make_cohort(patients=[{"diagnosis_to_rt_days": days} for days in (30.4375, 365.25)])
    assert lines(table(characteristics(cohort))) == [
        "Diagnosis to radiotherapy (months), median (range) | 6.5 (1–12)"
    ]


@pytest.mark.parametrize("group_by", [None, "setting"])
def test_levels_and_missing_values_of_a_variable_sum_to_the_number_of_the_column(group_by):
    shown = table(characteristics(FIVE, group_by=group_by))
    sizes = [2, 2, 1, 5] if group_by else [5]
    at = [row.label for row in shown.rows].index("Primary site") + 1
    block = []
    for row in shown.rows[at:]:
        if row.indent == 0:
            break
        block.append(row)
    for column, size in enumerate(sizes):
        levels = [row.cells[column].value for row in block if row.indent == 1]
        assert sum(map(int, map(str, levels))) == size


def test_cells_keep_figures_at_full_precision():
    cohort = make_cohort(patients=[{"age": 50}, {"age": 51}, {"size_cm": 4.123456}])
    cells = {row.label: row.cells[0].value for row in table(characteristics(cohort)).rows}
    assert cells["Size of the primary (cm), median (range)"] == 4.123456


def test_without_a_patient_the_reason_is_said():
    artefact = characteristics(make_cohort())
    assert artefact.parts == ()
    assert artefact.reason == "There is no patient."


def test_a_patient_of_whom_nothing_is_known_makes_no_table():
    artefact = characteristics(make_cohort(patients=[{}]), group_by="grade", tests=True)
    assert artefact.reason == "Nothing is known of the patients at the time origin."


def test_a_single_patient_with_a_value_makes_a_table():
    shown = table(characteristics(make_cohort(patients=[{"sex": "other"}]), tests=True))
    assert lines(shown) == ["Sex", "  Other | 1 (100.0 %)"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"group_by": "age"}, "age is a number: choose a covariate that puts it into categories"),
        ({"also": ["age"]}, "age is a number"),
        ({"group_by": "shoe_size"}, "There is no covariate shoe_size; there are .*setting"),
        ({"group_by": "lesion_status"}, "lesion_status is a value of lesions"),
    ],
)
def test_a_covariate_that_makes_no_groups_is_refused(asked, message):
    with pytest.raises(CovariateError, match=message):
        characteristics(FIVE, **asked)


def test_patients_can_be_grouped_by_the_categories_of_a_paper():
    shown = table(characteristics(FIVE, group_by="age_65"))
    assert [column.label for column in shown.columns] == [
        "< 65 years (n = 4)",
        "≥ 65 years (n = 1)",
        "All (n = 5)",
    ]
    assert line(shown, "Male") == ["3 (75.0 %)", "1 (100.0 %)", "4 (80.0 %)"]


def test_categories_of_a_number_stand_below_it_where_asked_for():
    artefact = characteristics(FIVE, also=["age_65", "lesion_size_5"])

    assert lines(table(artefact))[3:7] == [
        "Age (years), median (range) | 50 (19–70)",
        "Age",
        "  < 65 years | 4 (80.0 %)",
        "  ≥ 65 years | 1 (20.0 %)",
    ]
    assert lines(table(artefact, 1))[-3:] == [
        "Longest diameter of the lesion",
        "  > 5 cm | 1 (100.0 %)",
        "  Not known | 2",
    ]


def test_decimal_marks_follow_the_language():
    with translation.override("de"):
        assert "4 (80,0 %)" in lines(table(characteristics(FIVE)))[2]
