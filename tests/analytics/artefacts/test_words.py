"""Figures read as the papers write them."""

import pytest
from django.utils import translation

from analytics.artefacts import words

NAN = float("nan")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (words.count_percent(12, 37), "12 (32.4 %)"),
        (words.count_percent(57, 80), "57 (71.3 %)"),
        (words.count_percent(23, 80), "23 (28.8 %)"),
        (words.count_percent(0, 0), "0"),
        (words.share(0.802, 0.679, 0.882), "80.2 % (67.9–88.2)"),
        (words.share(0.802, 0.679, NAN), "80.2 % (67.9 to –)"),
        (words.share(NAN, NAN, NAN), "–"),
        (words.ratio(5.334, 1.188, 23.861), "5.33 (1.19–23.86)"),
        (words.median_and_range(52.0, 40.0, 69.0), "52 (40–69)"),
        (words.median_and_range(92.16, 56.0, 119.6), "92.2 (56–119.6)"),
        (words.median_and_range(NAN, NAN, NAN), "–"),
        (words.p_value(0.0234), "0.023"),
        (words.p_value(0.00001), "< 0.001"),
        (words.p_value(NAN), "–"),
        (words.number(float("inf")), "–"),
    ],
)
def test_figures_read_as_the_papers_write_them(cell, text):
    assert cell.text == text


def test_a_cell_keeps_the_figure_at_full_precision():
    assert words.p_value(0.00001).value == 0.00001
    assert words.share(0.8024691358).value == 0.8024691358


def test_the_decimal_mark_is_that_of_the_language():
    with translation.override("de"):
        assert words.ratio(5.334, 1.188, 23.861).text == "5,33 (1,19–23,86)"
