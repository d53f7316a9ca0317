"""Charlson index by hand, against the tables, and by its properties."""

import csv
from itertools import combinations

import pytest

from registry.charlson import REPLACES, WEIGHTS, CharlsonIndex, age_points, charlson_index
from registry.models import Baseline
from registry.models.choices import Comorbidity

# Names of the conditions in the tables of weights. One of them stands for all malignancies.
TABLED = {
    "ami": [Comorbidity.MYOCARDIAL_INFARCTION],
    "chf": [Comorbidity.HEART_FAILURE],
    "pvd": [Comorbidity.PERIPHERAL_VASCULAR],
    "cevd": [Comorbidity.CEREBROVASCULAR],
    "dementia": [Comorbidity.DEMENTIA],
    "copd": [Comorbidity.PULMONARY],
    "rheumd": [Comorbidity.CONNECTIVE_TISSUE],
    "pud": [Comorbidity.PEPTIC_ULCER],
    "mld": [Comorbidity.MILD_LIVER],
    "diab": [Comorbidity.DIABETES],
    "diabwc": [Comorbidity.DIABETES_ORGAN_DAMAGE],
    "hp": [Comorbidity.HEMIPLEGIA],
    "rend": [Comorbidity.RENAL],
    "canc": [Comorbidity.TUMOUR, Comorbidity.LEUKAEMIA, Comorbidity.LYMPHOMA],
    "msld": [Comorbidity.SEVERE_LIVER],
    "metacanc": [Comorbidity.METASTATIC_TUMOUR],
    "aids": [Comorbidity.AIDS],
}


def staging_rows(shared_data, name):
    with (shared_data / "staging" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def index_of(*conditions):
    return charlson_index(";".join(conditions)).index


def test_every_condition_alone_has_the_weight_of_the_tables(shared_data):
    table = [
        row
        for row in staging_rows(shared_data, "charlson_weights.csv")
        if row["scheme"] == "charlson"
    ]
    assert len(table) == 5 * 17
    found = {
        condition: {int(row["weight"]) for row in table if condition in TABLED[row["condition"]]}
        for condition in Comorbidity
    }
    assert found == {condition: {index_of(condition)} for condition in Comorbidity}


def test_the_points_for_age_are_those_of_the_table(shared_data):
    table = staging_rows(shared_data, "charlson_age_points.csv")
    assert len(table) == 5
    for row in table:
        for age in range(int(row["age_from"]), int(row["age_to"] or 120) + 1):
            assert age_points(age) == int(row["points"])


@pytest.mark.parametrize(
    ("comorbidities", "age", "index", "adjusted"),
    [
        ("none", 49, 0, 0),
        ("none", 50, 0, 1),
        ("myocardial_infarction", 59, 1, 2),
        ("myocardial_infarction;heart_failure;renal", 60, 4, 6),
        ("diabetes", 79, 1, 4),
        ("diabetes_organ_damage;hemiplegia", 80, 4, 8),
        ("aids;metastatic_tumour", 104, 12, 16),
        ("leukaemia;lymphoma;tumour", 18, 6, 6),
    ],
)
def test_the_index_is_the_sum_by_hand(comorbidities, age, index, adjusted):
    answer = charlson_index(comorbidities, age)
    assert (answer.index, answer.age_adjusted) == (index, adjusted)


@pytest.mark.parametrize(
    ("mild", "severe", "weight"),
    [
        ("diabetes", "diabetes_organ_damage", 2),
        ("mild_liver", "severe_liver", 3),
        ("tumour", "metastatic_tumour", 6),
    ],
)
def test_the_severe_form_takes_the_place_of_the_mild(mild, severe, weight):
    assert index_of(mild, severe) == index_of(severe) == weight
    assert index_of(severe, mild) == weight


def test_the_highest_index_is_33_and_37_with_age():
    # 8 conditions of 1, 5 of 2 besides the replaced ones, 3 of severe liver disease, twice 6.
    answer = charlson_index(";".join(Comorbidity.values), 90)
    assert answer.index == 8 * 1 + 5 * 2 + 3 + 6 + 6 == 33
    assert answer.age_adjusted == 37


def test_a_baseline_takes_every_index_that_can_come_out():
    ranges = Baseline.rules.ranges
    assert ranges["cci"][0] <= 0 <= 33 <= ranges["cci"][1]
    assert ranges["cci_age_adjusted"][0] <= 0 <= 37 <= ranges["cci_age_adjusted"][1]
    # The upper limit of the index is the plain sum of all 19 weights, as some sources count.
    assert ranges["cci"][1] == sum(WEIGHTS.values())


def test_a_further_condition_never_lowers_the_index():
    lowered = [
        (one, other)
        for one, other in combinations(Comorbidity.values, 2)
        if index_of(one, other) < max(index_of(one), index_of(other))
    ]
    assert lowered == []


def test_all_pairs_but_those_replaced_add_up():
    pairs = {
        frozenset((one, other))
        for one, other in combinations(Comorbidity, 2)
        if index_of(one, other) != index_of(one) + index_of(other)
    }
    assert pairs == {frozenset(pair) for pair in REPLACES.items()}


def test_the_explanation_names_what_counts():
    answer = charlson_index("renal;diabetes;diabetes_organ_damage", 71)
    assert answer.counted == ((Comorbidity.DIABETES_ORGAN_DAMAGE, 2), (Comorbidity.RENAL, 2))
    assert answer.why == "Diabetes with organ damage 2 + Moderate or severe renal disease 2; age 3"
    assert charlson_index("none", 71).why == "No condition counts; age 3"


def test_without_conditions_asked_there_is_no_index():
    assert charlson_index("", 65) == CharlsonIndex(
        index=None,
        age_points=2,
        age_adjusted=None,
        counted=(),
        why="Cannot be said: conditions are missing.",
    )


def test_without_an_age_there_is_the_plain_index_only():
    answer = charlson_index("diabetes")
    assert (answer.index, answer.age_adjusted) == (1, None)
    assert answer.why == "Diabetes without organ damage 1; without age, which is missing"


def test_a_condition_that_is_named_twice_counts_once():
    assert index_of("diabetes", "diabetes") == 1


@pytest.mark.parametrize(
    ("comorbidities", "age", "message"),
    [
        ("asthma", 60, "No condition of the Charlson index: asthma"),
        ("diabetes;none", 60, "No condition of the Charlson index: none"),
        ("diabetes;", 60, "No condition of the Charlson index"),
        ("none", -1, "age must not be below 0"),
    ],
)
def test_values_outside_the_list_are_refused(comorbidities, age, message):
    with pytest.raises(ValueError, match=message):
        charlson_index(comorbidities, age)
