"""Curves of endpoints with their rates, counted by hand and by R."""

from xml.etree import ElementTree as ET

import pytest

from analytics.artefacts.curves import curves
from analytics.artefacts.parts import Figure
from tests.analytics.artefacts.reading import lines, table
from tests.analytics.artefacts.survival_cohort import followed, lesions_of_r, patients_of_r


def figures(found):
    return {part.key: part for part in found.parts if isinstance(part, Figure)}


def words(svg):
    """All words of a drawing, in the order of the file."""
    return " ".join(node.text or "" for node in ET.fromstring(svg).iter())


@pytest.fixture(scope="module")
def by_hand():
    """Four patients: dead on day 100 and 500, seen until 300 and 800; a local failure on day 50."""
    return curves(
        followed([100, 300, 500, 800], [1, 0, 1, 0], local_failures={0: 50}),
        at_months=[12, 24],
    )


def test_rates_median_and_numbers_at_risk_are_those_counted_by_hand(by_hand):
    # OS: 3/4 from day 100, 3/8 from day 500 (two at risk), so that 500 days are the median:
    # 16.4 months. At 12 months (day 365.25) two are at risk, at 24 (day 730.5) one.
    (line,) = [line for line in lines(table(by_hand)) if line.startswith("Overall survival")]
    cells = line.split(" | ")
    assert cells[1:3] == ["4 patients", "2"]
    assert cells[3].startswith("16.4 (")
    assert cells[4].startswith("75.0 % (")
    assert cells[5] == "2"
    assert cells[6].startswith("37.5 % (")
    assert cells[7] == "1"


def test_every_endpoint_of_the_protocol_is_shown_lesions_and_patients(by_hand):
    counted = {row.label: row.cells[0].text for row in table(by_hand).rows}
    assert counted["Local control"] == "4 lesions"
    assert counted["Local control by patient"] == "4 patients"
    assert {"Overall survival", "Progression-free survival"} <= set(counted)
    assert {"curves-lc", "curves-lc-pt", "curves-os"} <= set(figures(by_hand))


def test_an_endpoint_named_after_its_event_says_that_the_curve_shows_those_without_it(by_hand):
    said = words(figures(by_hand)["curves-late-g2"].svg)
    assert "Without late toxicity of grade 2 or more (%)" in said


def test_competing_deaths_bring_the_cumulative_incidence_beside_1_minus_kaplan_meier(by_hand):
    # Of four lesions one failed on day 50; the death of the second patient to die competes on day
    # 500 with two at risk: the incidence of failure is 1/4, that of death 3/4 * 1/2 = 3/8.
    figure = figures(by_hand)["curves-lc-incidence"]
    last = figure.table.rows[-2]
    assert [cell.text.split(" (")[0] for cell in last.cells] == ["25.0 %", "37.5 %", "25.0 %", "1"]
    assert "Competing events" in words(figure.svg)
    assert "curves-os-incidence" not in figures(by_hand)


def test_what_a_reader_must_know_is_printed_on_the_figure(by_hand):
    said = words(figures(by_hand)["curves-lc"].svg)
    for part in (
        "Time origin: first day of radiotherapy. 4 lesions, events: 1.",
        "95 % confidence interval (log-log)",
        "(standard errors clustered by patient)",
        "Study jinling, protocol version 1",
        "No data cut: all facts on file, the latest contact or death of 11 Mar 2022.",
        "Synthetic data",
    ):
        assert " ".join(part.split()) in " ".join(said.split())


def test_the_table_behind_a_figure_has_its_numbers_at_the_ticks(by_hand):
    shown = figures(by_hand)["curves-os"].table
    first, *_, last = shown.rows
    assert [cell.text for cell in first.cells[1:]] == ["4", "0", "0"]
    assert first.cells[0].value == 1.0
    assert [cell.text for cell in last.cells[1:]] == ["0", "2", "2"]


def test_ids_of_the_drawings_are_unique_on_a_page(by_hand):
    identifiers = [
        node.attrib["id"]
        for figure in figures(by_hand).values()
        for svg in (figure.svg, figure.svg_compact)
        for node in ET.fromstring(svg).iter()
        if "id" in node.attrib
    ]
    assert len(identifiers) == len(set(identifiers)) > 0


def test_limits_of_lesions_can_ignore_clustering_and_then_it_is_said():
    clustered = curves(lesions_of_r(), endpoints=["LC"], at_months=[12])
    ignoring = curves(lesions_of_r(), endpoints=["LC"], at_months=[12], clustered=False)
    rates = [table(found).rows[0].cells[3] for found in (clustered, ignoring)]

    assert rates[0].value == rates[1].value
    assert rates[0].text != rates[1].text
    assert any("allows for it" in note for note in table(clustered).notes)
    assert any("ignores clustering" in note for note in table(ignoring).notes)


def test_a_median_that_is_not_reached_is_said():
    found = curves(followed([100, 200, 300], [1, 0, 0]), endpoints=["OS"], at_months=[3])
    assert table(found).rows[0].cells[2].text.startswith("not reached")


@pytest.mark.parametrize(("days", "died"), [([100], [1]), ([100], [0]), ([0, 0], [0, 0])])
def test_a_tiny_cohort_gives_a_curve(days, died):
    found = curves(followed(days, died), endpoints=["OS"])
    assert table(found).rows[0].cells[0].value == len(days)
    assert "curves-os" in figures(found)


def test_nobody_followed_is_said():
    found = curves(followed([], []))
    assert found.parts == ()
    assert found.reason == "Nobody was followed for any of these endpoints."


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"at_months": [-1]}, "at_months must be months from 0 on"),
        ({"conf_type": "logit"}, "conf_type must be one of"),
    ],
)
def test_wrong_options_are_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        curves(patients_of_r(), **wrong)


def test_that_one_minus_the_rate_overstates_is_said_where_deaths_compete(by_hand):
    said = "Where other events compete, the rate censors them"
    assert any(note.startswith(said) for note in table(by_hand).notes)
    without = curves(followed([100, 200], [0, 0]))
    assert not any(note.startswith(said) for note in table(without).notes)
