"""Bars over months and bars of counts: as wide, high and long as what they count."""

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from analytics.figures import CountBar, MonthBar, count_bars, month_bars
from analytics.figures.frame_parts import round_step
from tests.analytics.drawings import SVG, of_class, texts

MONTHS = (
    MonthBar(0, 1, 6, "Nov 2023: 6"),
    MonthBar(1, 4, 8, "Dec 2023 – Mar 2024: 8"),
    MonthBar(5, 1, 0, "Apr 2024: 0"),
)
CENTRES = (
    CountBar("Centre 1", "12 of 24", 12, 24),
    CountBar("Centre 2", "6", 6),
    CountBar("Centre 3", "< 5", None),
)


def over_months(bars=MONTHS, **changed):
    given: dict[str, Any] = {
        "n_months": 6,
        "years": [(2, "2024")],
        "y_axis": "Patients per month",
        "title": "Accrual",
        "description": "In words.",
    }
    return ET.fromstring(month_bars(bars, **given | changed))


def of_counts(bars=CENTRES, **changed):
    return ET.fromstring(count_bars(bars, title="Centres", description="In words.", **changed))


def number(node, name):
    return float(node.get(name))


@pytest.mark.parametrize("compact", [False, True])
def test_the_area_of_a_bar_is_its_count_and_its_width_its_months(compact):
    one, four = of_class(over_months(compact=compact), "fig-bar-1")

    assert number(four, "width") == pytest.approx(4 * number(one, "width"), rel=0.05)
    # Six in a month, and eight in four months: two a month.
    assert number(one, "height") == pytest.approx(3 * number(four, "height"), rel=0.001)


def test_months_without_anybody_have_no_bar_and_every_bar_tells_what_it_is():
    bars = of_class(over_months(), "fig-bar-1")

    assert [bar.find(f"{SVG}title").text for bar in bars] == [one.words for one in MONTHS[:2]]


def test_the_axis_of_a_slow_study_has_ticks_below_one():
    root = over_months([MonthBar(0, 20, 5, "")], n_months=24, years=[(0, "2023"), (12, "2024")])

    assert texts(root)[1:6] == ["0", "0.1", "0.2", "0.3", "2023"]
    (bar,) = of_class(root, "fig-bar-1")
    top = min(number(node, "y1") for node in of_class(root, "fig-grid"))
    axis = number(of_class(root, "fig-axis")[0], "y1")
    # 5 in 20 months are 0.25 of the 0.3 of the axis.
    assert number(bar, "height") == pytest.approx((axis - top) * 0.25 / 0.3, abs=0.02)


def test_an_axis_without_a_bar_and_one_of_many_years_can_be_drawn():
    assert of_class(over_months([]), "fig-bar-1") == []
    years = [(12 * place, str(1990 + place)) for place in range(60)]
    root = over_months([MonthBar(0, 1, 9, "")], n_months=720, years=years, compact=True)
    named = [words for words in texts(root) if words in {year for _place, year in years}]
    assert 2 < len(named) < 20


def test_steps_of_an_axis_are_round():
    assert [round_step(least) for least in (0.07, 0.1, 0.3, 1.2, 2, 40)] == [
        0.1, 0.1, 0.5, 2, 2, 50,
    ]  # fmt: skip


@pytest.mark.parametrize("compact", [False, True])
def test_a_bar_is_as_long_as_its_count_beside_what_was_to_be_reached(compact):
    root = of_counts(compact=compact)
    twelve, six = of_class(root, "fig-bar-1")
    (goal,) = of_class(root, "fig-goal")

    assert number(goal, "width") == pytest.approx(2 * number(twelve, "width"), abs=0.02)
    assert number(twelve, "width") == pytest.approx(2 * number(six, "width"), abs=0.02)
    assert texts(root) == ["Centre 1", "12 of 24", "Centre 2", "6", "Centre 3", "< 5"]


def test_a_long_name_is_cut_and_what_is_drawn_stays_inside():
    root = of_counts([CountBar("The centre of a very long name, " * 4, "7 of 9", 7, 9)])
    width = number({"w": root.get("viewBox").split()[2]}, "w")
    (goal,) = of_class(root, "fig-goal")

    assert texts(root)[0].endswith("…")
    assert number(goal, "x") + number(goal, "width") < width


@pytest.mark.parametrize(
    ("draw", "changed", "message"),
    [
        (over_months, {"n_months": 0}, "there is no axis"),
        (over_months, {"figure_id": "1 2"}, "plain id"),
        (of_counts, {"bars": ()}, "nothing to draw"),
        (of_counts, {"figure_id": ""}, "plain id"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, changed, message):
    with pytest.raises(ValueError, match=message):
        draw(**changed)


def test_a_figure_has_a_name_and_is_told_in_words():
    for root in (over_months(figure_id="a"), of_counts(figure_id="a")):
        assert root.get("role") == "img"
        assert root.find(f"{SVG}title").get("id") == root.get("aria-labelledby") == "a-title"
        assert root.find(f"{SVG}desc").text == "In words."
