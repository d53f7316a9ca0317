"""Which covariates there are, how the papers group them, and their values."""

import pandas as pd
import pytest

from analytics.cohort import columns
from analytics.covariates import CovariateError, catalogue, values
from analytics.covariates.cuts import Group, Groups, Thresholds
from analytics.covariates.own import OwnCovariate, cut_of, definition_of
from registry.protocols.vocabulary import Unit
from tests.analytics.cohorts import make_cohort


def of_patients(code, rows, **keywords):
    found = values(make_cohort(patients=rows, **keywords), code, Unit.PATIENT)
    return [None if pd.isna(value) else value for value in found]


def test_every_covariate_has_a_column_of_the_contract_a_label_and_a_source_where_it_groups():
    for protocol in ("jinling", "cnao", "cams", "miyakojima", "preop", "tcga_sarc"):
        for code, one in catalogue(make_cohort(protocol=protocol)).items():
            there = columns.LESIONS if one.level == "lesion" else columns.PATIENTS
            assert one.code == code
            assert one.column in there
            assert one.label
            assert bool(one.source) == bool(one.of)
            assert (one.kind == "number") == (not one.categories) or code == "centre"


@pytest.mark.parametrize(
    ("code", "column", "given", "expected"),
    [
        ("age_65", "age", [64, 65, None], ["lt65", "ge65", None]),
        ("ecog_1", "ecog", [0, 1, 2], ["lt1", "ge1", "ge1"]),
        ("kps_80", "kps", [80, 90], ["le80", "gt80"]),
        ("cci_7", "cci", [7, 8], ["le7", "gt7"]),
        ("cci_age_adjusted_7", "cci_age_adjusted", [7, 8], ["le7", "gt7"]),
        ("lesions_2", "concurrent_lesion_count", [1, 2, 3], ["lt2", "ge2", "ge2"]),
        ("size_5", "size_cm", [5, 5.1], ["le5", "gt5"]),
        ("bed_100", "bed_tumour_gy", [99.9, 100], ["lt100", "ge100"]),
        ("gtv_1000", "gtv_cm3", [1000, 1000.5], ["le1000", "gt1000"]),
        ("grade_2_3", "grade", ["1", "2", "3", "x", ""], ["g1", "g2_3", "g2_3", None, None]),
        ("margin", "residual_tumour", ["r0", "r1", "r2", "rx"], ["r0", "r1_2", "r1_2", None]),
        ("stage_2", "ajcc_stage", ["IB", "IIA", "III", "IV"], ["i", "ii_iv", "ii_iv", "ii_iv"]),
        (
            "location",
            "site",
            ["thigh", "extremity", "chest_wall", "back", "liver", "multiple"],
            ["extremity", "extremity", "trunk_wall", "trunk_wall", "elsewhere", None],
        ),
        ("presentation", "setting", ["primary", "recurrence", "metastatic"],
         ["de_novo", "recurrent", None]),
        ("relapse", "setting", ["recurrence", "oligometastasis", "primary"],
         ["recurrence", "oligometastasis", None]),
    ],
)  # fmt: skip
def test_the_papers_groups(code, column, given, expected):
    assert of_patients(code, [{column: value} for value in given]) == expected


def test_groups_of_lesions_stand_beside_lesions_and_are_refused_for_patients():
    lesions = [
        {"USUBJID": "P1", "LESID": str(place), "lesion_diameter_cm": size, "sex": "male"}
        for place, size in enumerate((4.9, 5.0, 5.2))
    ]
    cohort = make_cohort(lesions=lesions)
    assert list(values(cohort, "lesion_size_5", Unit.LESION)) == ["le5", "le5", "gt5"]
    assert list(values(cohort, "sex", Unit.LESION)) == ["male"] * 3
    with pytest.raises(CovariateError, match="lesion_size_5 is a value of lesions"):
        values(cohort, "lesion_size_5", Unit.PATIENT)


def test_bins_of_the_biologically_effective_dose_are_closed_below():
    given = (69.9, 70, 89.99, 110, 119.6)
    lesions = [{"LESID": str(n), "lesion_bed_tumour_gy": bed} for n, bed in enumerate(given)]
    found = values(make_cohort(lesions=lesions), "lesion_bed_bins", Unit.LESION)
    assert list(found) == ["lt70", "ge70_lt80", "ge80_lt90", "ge110", "ge110"]


def test_the_reference_comes_first_and_the_unit_stands_in_the_label():
    one = catalogue(make_cohort())["size_5"]
    assert one.categories == (("le5", "≤ 5 cm"), ("gt5", "> 5 cm"))
    assert one.choice_text == "Size: ≤ 5 cm, > 5 cm"
    found = values(make_cohort(patients=[{"size_cm": 9}]), "size_5", Unit.PATIENT)
    assert list(found.cat.categories) == ["le5", "gt5"]


def test_doses_are_named_in_the_language_of_the_protocol():
    cnao = catalogue(make_cohort(protocol="cnao"))
    assert cnao["dose_gy"].unit_text == "Gy(RBE)"
    assert cnao["bed_tumour_gy"].label == "BED, α/β = 10 Gy"
    assert catalogue(make_cohort())["dose_gy"].unit_text == "Gy"


def test_numbers_stay_numbers_and_a_code_off_the_list_is_missing():
    assert of_patients("age", [{"age": 59}, {}]) == [59, None]
    assert of_patients("depth", [{"depth": "deep"}, {"depth": "?"}, {}]) == ["deep", None, None]


@pytest.mark.parametrize("code", ["local_progression", "response", "term_days", "late_toxicity"])
def test_a_value_that_comes_later_is_refused_with_the_way_out(code):
    with pytest.raises(CovariateError, match=f"{code} becomes known only after.*landmark"):
        values(make_cohort(), code, Unit.PATIENT)


def test_margins_are_later_values_where_the_protocol_operates_after_radiotherapy():
    with pytest.raises(CovariateError, match="margin becomes known only after.*landmark"):
        values(make_cohort(protocol="preop"), "margin", Unit.PATIENT)
    assert "margin" in catalogue(make_cohort(protocol="cams"))


def test_an_unknown_covariate_is_refused_with_those_that_there_are():
    with pytest.raises(CovariateError, match=r"no covariate tumour_size; there are age, age_65"):
        values(make_cohort(), "tumour_size", Unit.PATIENT)


def test_groups_made_in_the_study_join_the_catalogue():
    by_age = OwnCovariate("age_groups", "Age groups", "age", Thresholds((40, 60)))
    by_depth = OwnCovariate(
        "depth_b",
        "Deep first",
        "depth",
        Groups((Group("d", "Deep", ("deep",)), Group("s", "Superficial", ("superficial",)))),
    )
    gone = OwnCovariate("gone", "Of nothing", "no_such", Thresholds((1,)))
    cohort = make_cohort(
        patients=[{"age": 40, "depth": "deep"}], covariates=(by_age, by_depth, gone)
    )
    assert list(values(cohort, "age_groups", Unit.PATIENT)) == ["ge40_lt60"]
    assert list(values(cohort, "depth_b", Unit.PATIENT)) == ["d"]
    labels = dict(catalogue(cohort)["age_groups"].categories)
    assert labels["ge40_lt60"] == "≥ 40 and < 60 years"
    assert "gone" not in catalogue(cohort)


@pytest.mark.parametrize(
    "cut",
    [
        Thresholds((2.5, 10), upper_includes=False),
        Groups((Group("a", "A", ("1", "2")), Group("b", "B", ("3",)))),
    ],
)
def test_a_grouping_survives_being_stored(cut):
    assert cut_of(definition_of(cut)) == cut


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Thresholds(()), "at least one"),
        (lambda: Thresholds((5, 5)), "must rise"),
        (lambda: Thresholds((float("nan"),)), "finite"),
        (lambda: Groups((Group("a", "A", ("1",)),)), "at least two"),
        (lambda: Groups((Group("a", "A", ("1",)), Group("b", "B", ()))), "b has no codes"),
        (lambda: Groups((Group("a", "A", ("1",)), Group("b", "B", ("1",)))), "code 1 occurs"),
        (lambda: Groups((Group("a", "A", ("1",)), Group("a", "B", ("2",)))), "group a occurs"),
        (lambda: cut_of({"borders": [1]}), "upper_includes"),
        (lambda: cut_of(3), "no grouping"),
    ],
)
def test_what_is_no_grouping_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
