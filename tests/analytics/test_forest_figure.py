"""The forest plot: where the estimates lie on the logarithmic axis, and what cannot be drawn."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from analytics.figures import ForestRow, forest_figure
from analytics.figures.forest import ratio_ticks

SVG = "{http://www.w3.org/2000/svg}"
ROWS = (
    ForestRow("Grade"),
    ForestRow("Grade 1", "reference", is_reference=True, indent=1),
    ForestRow("Grade 2", "2.00 (0.50–8.00)", 2.0, 0.5, 8.0, indent=1),
    ForestRow("Grade 3", "no estimate", indent=1),
)


def draw(rows=ROWS, **changed):
    return ET.fromstring(forest_figure(rows, title="Overall survival", x_axis="HR", **changed))


def of_class(root, name):
    return [node for node in root.iter() if name in node.get("class", "").split()]


def texts(root):
    return [node.text for node in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("compact", [False, True])
def test_a_ratio_lies_on_a_logarithmic_axis_between_its_limits(compact):
    root = draw(compact=compact)
    (point,) = of_class(root, "fig-point")
    (circle,) = of_class(root, "fig-reference")
    whisker = next(node for node in of_class(root, "fig-whisker") if node.tag == f"{SVG}line")
    middle = float(point.get("x")) + float(point.get("width")) / 2
    one, lower, upper = (
        float(circle.get("cx")), float(whisker.get("x1")), float(whisker.get("x2")),
    )  # fmt: skip

    # 0.5, 1, 2 and 8 are one, one and two doublings apart.
    doubling = one - lower
    assert doubling > 5
    assert middle - one == pytest.approx(doubling, abs=0.03)
    assert upper - middle == pytest.approx(2 * doubling, abs=0.05)


def test_a_line_without_an_estimate_has_words_and_no_mark():
    root = draw()
    assert "no estimate" in texts(root)
    assert len(of_class(root, "fig-point")) == 1


def test_ticks_have_the_decimal_mark_of_the_language():
    with translation.override("de"):
        written = texts(draw())
    assert "0,5" in written
    assert "0.5" not in written


def test_a_limit_beyond_the_axis_ends_at_its_edge_in_an_arrow():
    root = draw([ForestRow("A", "3.00 (0.001–4000)", 3.0, 0.001, 4000.0)])
    whisker = next(node for node in of_class(root, "fig-whisker") if node.tag == f"{SVG}line")
    axis = of_class(root, "fig-axis")[-1]
    tips = [node for node in of_class(root, "fig-whisker") if node.tag == f"{SVG}path"]

    assert (whisker.get("x1"), whisker.get("x2")) == (axis.get("x1"), axis.get("x2"))
    for tip in tips:
        assert len(re.split("[ML]", tip.get("d"))) == 4  # three corners: an arrow


@pytest.mark.parametrize(
    ("lower", "upper", "first", "last"),
    [
        (0.9, 1.1, 0.5, 2),
        (0.3, 7, 0.2, 10),
        (0.001, 4000, 0.01, 100),
    ],
)
def test_ticks_hold_the_limits_and_the_1_and_go_no_further_than_100(lower, upper, first, last):
    ticks = ratio_ticks([ForestRow("A", "", 1.0, lower, upper)])
    assert (ticks[0], ticks[-1]) == pytest.approx((first, last))
    assert any(math.isclose(tick, 1) for tick in ticks)


def test_a_screen_reader_gets_name_and_description():
    root = draw(caption=["80 patients."], figure_id="forest-os")
    assert root.get("role") == "img"
    assert (root[0].text, root[0].get("id")) == ("Overall survival", "forest-os-title")
    assert root[1].text == "80 patients."


def test_hostile_text_is_only_ever_text():
    svg = forest_figure(
        [ForestRow("<script>alert(1)</script>", "<b>")], title='"><script>', x_axis="<i>"
    )
    ET.fromstring(svg)
    assert "<script" not in svg
    assert " style=" not in svg


@pytest.mark.parametrize(
    ("rows", "figure_id", "message"),
    [([], "forest", "rows is empty"), (ROWS, "1 x", "figure_id must be a plain id")],
)
def test_a_plot_that_cannot_be_drawn_is_refused(rows, figure_id, message):
    with pytest.raises(ValueError, match=message):
        forest_figure(rows, title="T", x_axis="HR", figure_id=figure_id)


def test_a_ratio_that_is_none_is_refused():
    with pytest.raises(ValueError, match="upper of 'A' must be a ratio from 0 on"):
        ForestRow("A", "", 1.0, 0.5, math.inf)
