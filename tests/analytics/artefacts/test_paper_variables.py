"""The variables that the papers' tables show are there, and other studies get theirs."""

import pytest

from analytics.artefacts.paper_variables import BY_STUDY, analyses_of
from analytics.covariates import catalogue
from registry.protocols.vocabulary import Unit
from tests.analytics.cohorts import make_cohort


@pytest.mark.parametrize("key", sorted(BY_STUDY))
def test_every_variable_category_and_endpoint_of_a_paper_is_known(key):
    cohort = make_cohort(protocol=key)
    there = catalogue(cohort)
    paper = BY_STUDY[key]
    for code in paper.endpoints:
        endpoint = cohort.protocol.endpoint(code)
        for variable in (*paper.variables_of(endpoint), *paper.multivariable_of(endpoint)):
            assert there[variable].level == "patient" or endpoint.unit is Unit.LESION
    for variable, category in paper.references.items():
        assert category in there[variable].codes
    for nested in paper.nested:
        unit = cohort.protocol.endpoint(nested.endpoint).unit
        for variable in (nested.exposure, *(code for step in nested.models for code in step)):
            assert there[variable].level == "patient" or unit is Unit.LESION
    assert set(paper.stepwise) <= set(paper.endpoints)


def test_a_study_without_a_paper_compares_by_what_has_two_groups_of_five():
    patients = [{"sex": "male", "grade": "1", "depth": "deep", "age": 40.0} for _ in range(5)] + [
        {"sex": "female", "grade": "2", "depth": "superficial", "age": 70.0} for _ in range(4)
    ]
    patients.append({"sex": "female", "grade": "3", "depth": "deep", "age": 70.0})
    found = analyses_of(make_cohort(protocol="preop", patients=patients))

    # Two of the grades and of the depths have fewer than five; G2 and G3 together have five. The
    # age is compared by the papers' border of 65 years.
    assert {"sex", "grade_2_3", "age_65"} <= set(found.variables)
    assert not {"grade", "depth", "age", "centre"} & set(found.variables)
    assert {"LC", "OS", "MFS", "AFS", "WOUND120"} <= set(found.endpoints)


def test_a_study_of_nobody_compares_nothing():
    assert analyses_of(make_cohort(protocol="preop")).variables == ()
