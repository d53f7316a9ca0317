"""The dose language of a study in words."""

from analytics.artefacts.dose_words import bed_name, dose_notes, dose_text
from tests.analytics.cohorts import make_cohort


def test_bed_is_named_by_its_alpha_beta():
    assert bed_name(10) == "BED10"
    assert bed_name(3.5) == "BED3.5"


def test_a_dose_has_as_many_decimals_as_it_needs():
    assert [dose_text(dose) for dose in (45.0, 70.4, 2.75, 2.754)] == ["45", "70.4", "2.75", "2.75"]


def test_photon_doses_are_in_gy_and_alpha_beta_are_named():
    unit, formulas = dose_notes(make_cohort(protocol="miyakojima"))

    assert unit == "Doses are in Gy."
    assert "α/β = 10 Gy for tumour, 3 Gy for normal tissue" in formulas


def test_rbe_weighted_doses_name_the_models_on_file():
    courses = [{"rbe_model": "lem_iv"}, {"rbe_model": "lem_i"}, {"rbe_model": "lem_i"}, {}]
    unit, _formulas = dose_notes(make_cohort(protocol="cnao", courses=courses))

    assert "in Gy(RBE), by the model LEM I, LEM IV;" in unit


def test_without_a_course_the_model_of_the_protocol_is_named():
    unit, _formulas = dose_notes(make_cohort(protocol="cnao"))
    assert "by the model LEM I;" in unit
