"""BED and EQD2 against published figures, hand calculation and properties of the LQ model."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.dose import (
    NORMAL_TISSUE_ALPHA_BETA_GY,
    TUMOUR_ALPHA_BETA_GY,
    PhaseDose,
    bed,
    course_bed,
    course_eqd2,
    dose_per_fraction,
    eqd2,
    eqd2_from_bed,
    rbe_weighted_dose,
)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "alpha_beta_gy", "expected_gy"),
    [
        (52, 10, 10, 79.04),
        (60, 20, 10, 78.0),
        (60, 20, 3, 120.0),
        # Carbon ions, Gy(RBE), 16 fractions: lowest, median and highest dose of the cnao series.
        (70.4, 16, 10, 101.376),
        (73.6, 16, 10, 107.456),
        (76.8, 16, 10, 113.664),
        # miyakojima, Table II: ends of the ranges of BED10 (56-119.6) and BED3 (93.3-277.3).
        (40, 10, 10, 56.0),
        (40, 10, 3, 93.333333333333),
        (52, 4, 10, 119.6),
        (52, 4, 3, 277.333333333333),
        # jinling: median (85.5) and highest BED10 (187.5), and the border of 100 Gy.
        (45, 5, 10, 85.5),
        (75, 5, 10, 187.5),
        (50, 5, 10, 100.0),
        (48, 4, 10, 105.6),
        (30, 3, 10, 60.0),
    ],
)
def test_bed_is_the_published_figure(total_gy, fractions, alpha_beta_gy, expected_gy):
    assert bed(total_gy, fractions, alpha_beta_gy) == pytest.approx(expected_gy, abs=1e-9)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "alpha_beta_gy", "expected_gy"),
    [
        (50, 25, 10, 50.0),
        (50, 25, 3, 50.0),
        (36, 18, 4, 36.0),  # pre-operative, myxoid liposarcoma
        (25, 5, 10, 31.25),  # pre-operative 5 x 5 Gy: 25 x 15 / 12
        (45, 5, 10, 71.25),  # 45 x 19 / 12
        (60, 20, 3, 72.0),  # 60 x 6 / 5
    ],
)
def test_eqd2_is_the_figure_calculated_by_hand(total_gy, fractions, alpha_beta_gy, expected_gy):
    assert eqd2(total_gy, fractions, alpha_beta_gy) == pytest.approx(expected_gy, abs=1e-9)


def test_dose_per_fraction_of_the_carbon_ion_series_is_4_6_gy_rbe():
    assert dose_per_fraction(73.6, 16) == pytest.approx(4.6)


def test_the_default_alpha_beta_is_10_gy_for_tumour_and_3_gy_for_normal_tissue():
    assert (TUMOUR_ALPHA_BETA_GY, NORMAL_TISSUE_ALPHA_BETA_GY) == (10.0, 3.0)


def test_a_course_of_two_phases_is_the_sum_of_its_phases():
    # 50 Gy in 25, then a boost of 14 Gy in 7: all in 2-Gy fractions.
    course = [PhaseDose(50, 25), PhaseDose(14, 7)]
    assert course_eqd2(course, 3) == pytest.approx(64.0)
    assert course_bed(course, 10) == pytest.approx(76.8)
    # 50 Gy in 25, then 15 Gy at once: BED10 60 + 15 x 2.5; EQD2 50 + 15 x 25 / 12.
    with_single_boost = [PhaseDose(50, 25), PhaseDose(15, 1)]
    assert course_bed(with_single_boost, 10) == pytest.approx(97.5)
    assert course_eqd2(with_single_boost, 10) == pytest.approx(81.25)


def test_rbe_weighted_dose_of_protons_is_1_1_times_the_physical_dose():
    assert rbe_weighted_dose(50.0, 1.1) == pytest.approx(55.0)


def test_arrays_are_answered_element_by_element():
    doses = np.array([52.0, 60.0, 73.6])
    answer = bed(doses, np.array([10, 20, 16]), 10.0)
    np.testing.assert_allclose(answer, [79.04, 78.0, 107.456])
    np.testing.assert_allclose(eqd2_from_bed(answer, 10.0), answer / 1.2)
    np.testing.assert_allclose(bed(60.0, 20, np.array([10.0, 3.0])), [78.0, 120.0])


def test_a_single_number_is_answered_by_a_python_float():
    assert type(bed(50, 25, 10)) is float


def test_doses_from_decimal_columns_are_understood():
    assert course_bed([PhaseDose(Decimal("52.00"), 10)], 10) == pytest.approx(79.04)


# ---- properties ----------------------------------------------------------------------------------

dose_gy = st.floats(1, 100)
count = st.integers(1, 40)
alpha_beta_gy = st.floats(0.5, 30)


@given(count, alpha_beta_gy)
def test_eqd2_is_the_dose_itself_at_2_gy_per_fraction(fractions, alpha_beta):
    assert eqd2(2.0 * fractions, fractions, alpha_beta) == pytest.approx(2.0 * fractions)


@given(dose_gy, count, alpha_beta_gy)
def test_eqd2_from_bed_is_eqd2(dose, fractions, alpha_beta):
    effective = bed(dose, fractions, alpha_beta)
    assert eqd2_from_bed(effective, alpha_beta) == pytest.approx(eqd2(dose, fractions, alpha_beta))


@given(dose_gy, st.integers(1, 20), alpha_beta_gy)
def test_a_course_cut_into_phases_of_the_same_fraction_size_keeps_its_bed(dose, half, alpha_beta):
    cut = [PhaseDose(dose / 2, half), PhaseDose(dose / 2, half)]
    assert course_bed(cut, alpha_beta) == pytest.approx(bed(dose, 2 * half, alpha_beta))
    assert course_eqd2(cut, alpha_beta) == pytest.approx(eqd2(dose, 2 * half, alpha_beta))


@given(dose_gy, count, alpha_beta_gy)
def test_bed_exceeds_the_dose_and_grows_with_dose_and_fraction_size(dose, fractions, alpha_beta):
    effective = bed(dose, fractions, alpha_beta)
    assert effective > dose
    assert bed(dose * 1.01, fractions, alpha_beta) > effective
    assert bed(dose, fractions + 1, alpha_beta) < effective
    assert bed(dose, fractions, alpha_beta * 1.01) < effective


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [bed, eqd2])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 10, 10), "total_dose_gy must be greater than 0 and finite, got 0"),
        ((-50, 25, 10), "total_dose_gy must be greater than 0 and finite, got -50"),
        ((float("nan"), 25, 10), "total_dose_gy must be greater than 0 and finite, got nan"),
        (("fifty", 25, 10), "total_dose_gy must be a number, got 'fifty'"),
        ((None, 25, 10), "total_dose_gy must be greater than 0 and finite, got nan"),
        ((50, 0, 10), "fraction_count must be a whole number of at least 1, got 0"),
        ((50, 2.5, 10), "fraction_count must be a whole number of at least 1, got 2.5"),
        ((50, 25, 0), "alpha_beta_gy must be greater than 0 and finite, got 0"),
        ((50, 25, float("inf")), "alpha_beta_gy must be greater than 0 and finite, got inf"),
        ((np.array([50.0, -1.0]), 25, 10), "total_dose_gy must be greater than 0 and finite"),
    ],
)
def test_impossible_values_are_refused_with_the_name_of_the_argument(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


def test_an_impossible_phase_cannot_be_made():
    with pytest.raises(ValueError, match="dose_gy must be greater than 0"):
        PhaseDose(0, 5)
    with pytest.raises(ValueError, match="fraction_count must be a whole number"):
        PhaseDose(10, 0)


@pytest.mark.parametrize("function", [lambda p: course_eqd2(p, 10), lambda p: course_bed(p, 10)])
def test_a_course_without_phases_is_refused(function):
    with pytest.raises(ValueError, match="phases: a course needs at least one phase"):
        function([])


def test_other_impossible_arguments_are_refused_by_name():
    with pytest.raises(ValueError, match="bed_gy must be greater than 0"):
        eqd2_from_bed(-1, 10)
    with pytest.raises(ValueError, match="rbe must be greater than 0"):
        rbe_weighted_dose(50.0, 0)
    with pytest.raises(ValueError, match="physical_dose_gy must be greater than 0"):
        rbe_weighted_dose(0.0, 1.1)
