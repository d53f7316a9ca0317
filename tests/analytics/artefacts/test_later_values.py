"""What is said where a model counts from the diagnosis and compares by treatment."""

import pytest

from analytics.artefacts.curves_by_group import curves_by_group
from analytics.artefacts.multivariable import multivariable
from analytics.artefacts.p_value_grid import p_value_grid
from analytics.artefacts.univariate import univariate
from tests.analytics.artefacts.reading import table
from tests.analytics.artefacts.survival_cohort import after, followed

SAID = "Known only some time after the time origin: "


@pytest.fixture(scope="module")
def from_diagnosis():
    values = [
        {"had_radiotherapy": ("no", "yes")[place % 2], "residual_tumour": "r0", "sex": "male"}
        for place in range(8)
    ]
    cohort = followed(range(100, 900, 100), [1, 0, 1, 1, 0, 1, 0, 1], values, protocol="tcga_sarc")
    for patient in cohort.facts.patients:
        patient.diagnosed = after(0)
    return cohort


def warnings(shown):
    return [note for note in shown.notes if note.startswith(SAID)]


def test_radiotherapy_from_the_diagnosis_on_carries_a_warning_of_immortal_time(from_diagnosis):
    found = univariate(from_diagnosis, endpoint="OS", variables=["had_radiotherapy", "margin"])
    (said,) = warnings(table(found))
    assert said.startswith(SAID + "Radiotherapy before any progression, Margin. ")
    assert "immortal time" in said


@pytest.mark.parametrize(
    "made",
    [
        lambda cohort: table(
            curves_by_group(cohort, endpoint="OS", group_by="had_radiotherapy"), 1
        ),
        lambda cohort: table(
            multivariable(cohort, endpoints=["OS"], variables=["had_radiotherapy"])
        ),
        lambda cohort: table(p_value_grid(cohort, variables=["had_radiotherapy"])),
    ],
    ids=["curves by group", "multivariable", "P values"],
)
def test_every_comparison_carries_it_once(from_diagnosis, made):
    assert len(warnings(made(from_diagnosis))) == 1


def test_what_is_known_at_the_diagnosis_carries_none(from_diagnosis):
    assert not warnings(table(univariate(from_diagnosis, endpoint="OS", variables=["sex"])))


def test_from_radiotherapy_on_its_values_are_known():
    cohort = followed([100, 200], [1, 1], [{"intent": "curative"}, {"intent": "palliative"}])
    assert not warnings(table(univariate(cohort, endpoint="OS", variables=["intent"])))
