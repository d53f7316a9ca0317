"""Published series: what the files hold, and what a file may not hold."""

import pytest

from analytics.published.series import Outcome, read_series, series_sets, sets_for
from registry.protocols import preset
from registry.protocols.section import ProtocolError

SETS = {one.key: one for one in series_sets()}
GOOD = """
title = "A table"
citation = "Somebody 2020"
reference = "Table 1"
unit = "patient"
outcomes = ["local_control"]
[applies_to]
protocols = ["cams"]
[[series]]
name = "One"
years = 2
percent = { local_control = 0 }
"""


def column(key, outcome):
    return [one.percent.get(outcome) for one in SETS[key].series]


def test_the_sbrt_table_holds_the_figures_of_the_review():
    """Review, Table 3."""
    lung = SETS["sbrt_lung_metastases"]

    assert [one.patients for one in lung.series] == [14, 24, 28, 22, 44, 56]
    assert [one.lesions for one in lung.series] == [74, 68, 51, 53, 117, 44]
    assert [one.follow_up_months for one in lung.series] == [11, 17, 21, 95, 14, 16]
    assert column(lung.key, Outcome.LOCAL_CONTROL) == [88, 86, 96, 100, 95, 90]
    assert column(lung.key, Outcome.SURVIVAL) == [69, 66, 56, 50, 82, 46]
    assert column(lung.key, Outcome.TOXICITY_3) == [0, 0, 0, None, 2, 0]


def test_the_particle_table_holds_the_figures_of_the_paper():
    """Cuccia 2020, Table I; 3-year rates have an asterisk there."""
    key = "particle_therapy"
    series = SETS[key].series

    assert [one.patients for one in series] == [
        24, 55, 40, 17, 78, 47, 50, 23, 56, 188, 91, 128, 54
    ]  # fmt: skip
    assert column(key, Outcome.LOCAL_CONTROL) == [
        69, 82, 62, 76, 62, 79, 81, 94, 79, 77, 92, 65, 67
    ]  # fmt: skip
    assert column(key, Outcome.SURVIVAL) == [50, 67, 80, 68, 33, 52, 84, 83, 52, 81, 83, 46, 64]
    assert [one.name for one in series if one.years == 3] == [
        "Ciernik 2011", "Sugahara 2012", "Mima 2014", "Demizu 2016", "Cuccia 2020"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("protocol", "keys"),
    [
        ("jinling", ["sbrt_lung_metastases"]),
        ("cnao", ["particle_therapy", "unresectable_photons"]),
        ("cams", ["extremity_side_effects", "limb_sparing"]),
        ("preop", ["extremity_side_effects", "limb_sparing"]),
        ("miyakojima", ["sbrt_lung_metastases", "unresectable_photons"]),
        ("sts_mcgill", []),
    ],
)
def test_each_study_has_its_benchmarks(protocol, keys):
    assert [one.key for one in sets_for(preset(protocol))] == keys


def test_a_protocol_of_another_name_is_matched_by_setting_and_technique():
    text = GOOD.replace('protocols = ["cams"]', 'settings = ["recurrence"]\ntechniques = ["sbrt"]')
    found = read_series(text, "own")

    assert found.applies_to(preset("jinling"))
    assert not found.applies_to(preset("cams"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("= 0 }", "= 101 }"), r"own.toml: series\[1\].percent.local_control: .* from 0 to 100"),
        (("years = 2", ""), r"series\[1\].years: is missing: a rate needs its time"),
        (("local_control = 0", "local = 0"), r"percent.local: unknown key"),
        (('"patient"', '"person"'), r"own.toml: unit: must be one of"),
        (("title", "titel"), r"own.toml: title: is missing"),
        (("[applies_to]", "[applies_to"), r"own.toml: "),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_place(change, message):
    with pytest.raises(ProtocolError, match=message):
        read_series(GOOD.replace(*change), "own")
