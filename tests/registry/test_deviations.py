"""Departures of a course from its protocol; what is not known is none."""

from __future__ import annotations

import pytest

from registry.case import load_case
from registry.deviations import deviations
from registry.protocols import preset
from registry.scope import system_scope
from tests.factories import (
    CourseFactory,
    DiseaseFactory,
    DoseMetricFactory,
    PhaseFactory,
    SurgeryFactory,
    TargetFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def course():
    """Post-operative IMRT with photons, 15 January to 23 February 2024."""
    return CourseFactory.create(
        number=1,
        technique="imrt",
        radiation_type="photon",
        started_on="2024-01-15",
        ended_on="2024-02-23",
    )


def told(course, protocol="cams", about=None):
    with system_scope():
        found = deviations(load_case(course.patient), course, preset(protocol))
    return [one.text for one in found if about in (None, one.about)]


def phases(course, *doses):
    for number, (dose, fractions) in enumerate(doses, start=1):
        PhaseFactory.create(course=course, number=number, dose_gy=dose, fraction_count=fractions)


def organ(course, structure, metric, value, unit):
    DoseMetricFactory.create(
        course=course, structure=structure, metric=metric, value=value, unit=unit
    )


@pytest.mark.parametrize(
    ("doses", "departs"),
    [
        ([(50, 25), (10, 5)], False),  # R0: 50 and 10–16 Gy
        ([(50, 25), (16, 8)], False),
        ([(50, 25), (20, 10)], False),  # R1 or R2: up to 20 Gy
        ([(50, 25), (21, 10)], True),
        ([(50, 20), (10, 5)], True),  # 50 Gy are given in 25 fractions
        ([(50, 25)], True),  # no boost
        ([(50, None), (10, 5)], False),  # not known
    ],
)
def test_phases_fit_one_of_the_patterns_or_depart(course, doses, departs):
    phases(course, *doses)

    assert bool(told(course, about="dose")) is departs


def test_the_initial_volume_around_a_boost_departs_from_nothing(course):
    TargetFactory.create(course=course, number=1)
    boost = TargetFactory.create(course=course, number=2)
    PhaseFactory.create(course=course, number=1, dose_gy=50, fraction_count=25)
    PhaseFactory.create(course=course, number=2, dose_gy=10, fraction_count=5, target=boost)

    assert told(course, about="dose") == []


@pytest.mark.parametrize(
    ("surgery", "departs"),
    [
        ("2023-12-18", False),  # 28 days before
        ("2023-12-19", True),  # 27 days
        ("2023-12-04", False),  # 42 days
        ("2023-12-03", True),  # 43 days
        ("2023-11", False),  # the day is not known
    ],
)
def test_radiotherapy_starts_four_to_six_weeks_after_surgery(course, surgery, departs):
    SurgeryFactory.create(patient=course.patient, performed_on=surgery, procedure="wide_excision")

    assert bool(told(course, about="timing")) is departs


def test_one_kept_limit_of_a_constraint_suffices(course):
    DiseaseFactory.create(patient=course.patient, site="chest_wall")
    organ(course, "Kidneys", "V20Gy", 35, "%")
    broken = told(course, about="organ")
    organ(course, "Kidneys", "Mean", 18, "Gy")

    assert len(broken) == 1
    assert "Kidneys V20Gy[%] 35" in broken[0]
    assert told(course, about="organ") == []


def test_each_side_of_a_paired_organ_keeps_the_constraint_by_itself(course):
    DiseaseFactory.create(patient=course.patient, site="thigh")
    organ(course, "Bone_Femur_L", "V40Gy", 75, "%")
    organ(course, "Bone_Femur_R", "V40Gy", 10, "%")

    (broken,) = told(course, about="organ")

    assert broken.startswith("Bone_Femur_L V40Gy[%] 75:")


def test_a_figure_of_eqd2_is_not_held_against_a_limit_of_physical_dose(course):
    DiseaseFactory.create(patient=course.patient, site="thigh")
    DoseMetricFactory.create(
        course=course, structure="Bone", metric="V40Gy", value=75, unit="%", eqd2_alpha_beta_gy=3
    )

    assert told(course, about="organ") == []


@pytest.mark.parametrize(("value", "departs"), [(106.9, False), (107, True)])
def test_a_limit_that_says_below_is_broken_at_its_value(course, value, departs):
    DiseaseFactory.create(patient=course.patient, site="thigh")
    organ(course, "Bone", "Max", value, "%")

    assert bool(told(course, about="organ")) is departs


@pytest.mark.parametrize(("value", "departs"), [(64.1, False), (64.2, True)])
def test_a_dose_in_gy_is_held_against_a_limit_in_percent_of_the_dose(course, value, departs):
    DiseaseFactory.create(patient=course.patient, site="thigh")
    phases(course, (50, 25), (10, 5))
    organ(course, "Bone", "Max", value, "Gy")

    assert bool(told(course, about="organ")) is departs


def test_constraints_hold_in_their_region_only(course):
    DiseaseFactory.create(patient=course.patient, site="thigh")
    organ(course, "Heart", "V30Gy", 90, "%")

    assert told(course, about="organ") == []


def test_a_protocol_without_techniques_takes_any(course):
    assert told(course, "tcga_sarc", about="technique") == []
    assert told(course, "jinling", about="technique") == ["IMRT is not a technique of the protocol"]
