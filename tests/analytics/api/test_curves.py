"""Curves by the programming interface: the figures of the page, from the same estimator."""

from __future__ import annotations

import pytest

from tests.analytics.extract.cohort import follow
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
)
from tests.registry.api.client import Api

pytestmark = pytest.mark.django_db

CURVE = "studies/jinling/curves/OS/"


@pytest.fixture
def study():
    """Four patients: deaths on days 100 and 200, two alive on days 300 and 400."""
    study = ProtocolVersionFactory.create(study__key="jinling").study
    follow(study, "P-1", 100, died=True, centre="A")
    follow(study, "P-2", 200, died=True, centre="A")
    follow(study, "P-3", 300, died=False, centre="B")
    follow(study, "P-4", 400, died=False, centre="B")
    return study


def test_the_curve_steps_down_by_a_quarter_at_each_death(study) -> None:
    curve = Api(coordinator(study)).get(f"{CURVE}?at_months=6").json()

    assert (curve["n"], curve["events"], curve["endpoint"]) == (4, 2, "OS")
    assert [(one["days"], one["survival"], one["n_risk"]) for one in curve["steps"]] == [
        (100, 0.75, 4),
        (200, 0.5, 3),
        (300, 0.5, 2),
        (400, 0.5, 1),
    ]
    (rate,) = curve["rates"]
    assert rate["months"] == 6  # day 182.6, between the two deaths
    assert rate["survival"]["estimate"] == 0.75
    assert rate["n_risk"] == 3


def test_a_centre_gets_the_curve_of_its_own_patients(study) -> None:
    here = ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A")).centre

    curve = Api(data_manager(here)).get(CURVE).json()

    assert (curve["n"], curve["events"]) == (2, 2)


def test_nobody_elses_study_and_no_unknown_endpoint_has_a_curve(study) -> None:
    assert Api(data_manager(CentreFactory.create(code="Z"))).get(CURVE).status_code == 404
    assert Api(coordinator(study)).get("studies/jinling/curves/XX/").status_code == 404


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("at_months=-1", "at_months"),
        ("at_months=nan", "at_months"),
        ("at_months=1e999", "at_months"),
        ("at_months=", "at_months"),
        ("data_cut=soon", "data_cut"),
        ("conf_type=wald", "conf_type"),
        ("endpoint=LC", "endpoint"),
    ],
)
def test_a_parameter_that_cannot_be_is_named(study, query: str, named: str) -> None:
    refused = Api(coordinator(study)).get(f"{CURVE}?{query}")

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == named


def test_facts_after_the_cut_do_not_count(study) -> None:
    curve = Api(coordinator(study)).get(f"{CURVE}?data_cut=1990-01-01").json()

    assert curve["data_cut"] == "1990-01-01"
    assert (curve["n"], curve["events"], curve["steps"]) == (0, 0, [])
