"""What is printed on the figure of a curve."""

from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from analytics.curve_figure import caption, curve_figure, description, median_words, percent_words
from analytics.curves import Estimate, survival_result
from registry.scope import system_scope
from tests.analytics.extract.cohort import (
    FIRST_DAY,
    add_lesion,
    after,
    die,
    enrol,
    follow,
    irradiate,
    see,
    study_of,
)
from tests.factories import ProgressionFactory, SurgeryFactory

pytestmark = pytest.mark.django_db


def result_of(study, code, **keywords):
    with system_scope():
        return survival_result(study, code, **keywords)


def texts(svg):
    """All words of the figure, in the order of the file."""
    return " ".join(node.text or "" for node in ET.fromstring(svg).iter())


@pytest.fixture
def by_lesion():
    """Two lesions of one patient: one failed on day 366, the other was free of failure at death."""
    study = study_of("jinling")
    patient = enrol(study, "P-1")
    lesions = [add_lesion(patient, 1), add_lesion(patient, 2)]
    irradiate(patient, lesions=lesions)
    ProgressionFactory.create(patient=patient, lesion=lesions[0], occurred_on=after(366))
    die(patient, 600)
    enrol(study, "P-2")
    return study


def test_the_caption_says_what_a_reader_must_know(by_lesion):
    lines = caption(result_of(by_lesion, "LC"))
    assert lines == [
        "Time from the first day of radiotherapy to local failure of the lesion, that is growth of "
        "the treated volume's diameter by at least 20 % (RECIST 1.1); lesions without failure are "
        "censored at the last follow-up. Each treated lesion counts.",
        "Time origin: first day of radiotherapy. 2 lesions, events: 1. Not in the curve: 1.",
        "Kaplan–Meier estimate, 95 % confidence interval (log-log); ticks: censored.",
        "Censored as competing event: death (1).",
        "Lesions of one patient are not independent; the confidence interval ignores clustering.",
        "Study jinling, protocol version 1.",
        "No data cut: all facts on file, the latest used of 6 Sep 2021.",
    ]


def test_limits_that_are_clustered_say_so(by_lesion):
    # A second patient: of one alone nothing is known of how patients differ.
    second = enrol(by_lesion, "P-3")
    irradiate(second, lesions=[add_lesion(second, 1)])
    see(second, 700)
    lines = caption(result_of(by_lesion, "LC"))
    assert (
        "Lesions of one patient are not independent; the confidence interval allows for it "
        "(standard errors clustered by patient)." in lines
    )


def test_by_patient_nothing_is_said_of_clustering():
    study = study_of("cnao")
    follow(study, "P-1", 100, died=True)
    lines = caption(result_of(study, "OS", conf_type="log"))
    assert not any("independent" in line or "competing" in line for line in lines)
    assert any("(log)" in line for line in lines)


def test_a_data_cut_is_named():
    study = study_of("cnao")
    follow(study, "P-1", 100, died=True)
    cut = FIRST_DAY.replace(year=2021)
    assert "Data cut: 15 Jan 2021." in caption(result_of(study, "OS", data_cut=cut))


def test_no_day_of_the_calendar_is_named_where_dates_are_relative():
    study = study_of("tcga_sarc")
    study.dates_are_relative = True
    patient = enrol(study, "P-1")
    see(patient, 100)
    lines = caption(result_of(study, "OS"))
    assert "No data cut: all facts on file." in lines


def test_synthetic_data_is_labelled():
    study = study_of("cnao")
    follow(study, "P-1", 100, died=True)
    assert not any("Synthetic" in line for line in caption(result_of(study, "OS")))
    study.is_synthetic = True
    assert caption(result_of(study, "OS"))[-1].startswith("Synthetic data")


def test_the_figure_carries_caption_axes_median_and_its_name(by_lesion):
    svg = curve_figure(result_of(by_lesion, "LC"))
    words = texts(svg)
    assert "Local control (%)" in words
    assert "Months since first day of radiotherapy" in words
    assert "Study jinling, protocol version 1." in words
    # The failure on day 366 leaves one of two lesions: the curve stays at a half until day 600, and
    # the middle of that plateau, day 483, is the median.
    assert "median 15.9 months" in words
    assert "Local control – Study jinling" in words
    assert 'id="curve-jinling-lc-title"' in svg


def test_a_figure_on_a_page_has_the_ids_it_was_given_and_no_heading(by_lesion):
    svg = curve_figure(result_of(by_lesion, "LC"), figure_id="first", show_title=False)
    root = ET.fromstring(svg)
    identifiers = [node.attrib["id"] for node in root.iter() if "id" in node.attrib]
    assert identifiers
    assert all(identifier.startswith("first-") for identifier in identifiers)
    assert "Study jinling</text>" not in svg


def test_an_endpoint_named_after_its_event_says_that_the_curve_shows_those_without_it():
    study = study_of("preop")
    patient = enrol(study, "P-1")
    irradiate(patient)
    SurgeryFactory.create(patient=patient, performed_on=after(40))
    see(patient, 400)
    words = texts(curve_figure(result_of(study, "WOUND120")))
    assert "Without wound complication (%)" in words
    assert "Months since surgery" in words


def test_a_screen_reader_hears_the_rates(by_lesion):
    words = description(result_of(by_lesion, "LC", at_months=[12, 18, 60]))
    assert words == (
        "2 lesions; median 15.9 months (95 % CI 12.0 to –); "
        "100.0 % (100.0 to 100.0) at 12 months; 50.0 % (0.6 to 91.0) at 18 months."
    )


def test_without_rows_there_is_no_figure():
    study = study_of("cnao")
    with pytest.raises(ValueError, match="endpoint OS of cnao has no rows"):
        curve_figure(result_of(study, "OS"))


def test_what_is_not_known_is_a_dash():
    assert median_words(Estimate(None, 3.0, None)) == "median not reached"
    assert median_words(Estimate(12.34, None, 20.0)) == "median 12.3 months (95 % CI – to 20.0)"
    assert percent_words(Estimate(0.8026, 0.6791, None)) == "80.3 % (67.9 to –)"


def test_numbers_are_written_as_the_reader_writes_them():
    with translation.override("de"):
        assert "80,2" in percent_words(Estimate(0.8024, 0.6791, 0.88))
