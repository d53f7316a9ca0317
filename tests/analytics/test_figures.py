"""The survival figure: what stands in it, where, and that nothing dangerous gets in."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from analytics.estimators import kaplan_meier
from analytics.figures import (
    FigureLabels,
    curve_data,
    survival_figure,
)
from tests.analytics.drawings import (
    LABELS,
    LESIONS,
    SVG,
    TICKS,
    corners,
    curve_paths,
    draw,
    months,
    of_class,
    parsed,
    plot_scale,
    texts,
)


@pytest.mark.parametrize("compact", [False, True])
def test_the_step_line_goes_from_100_percent_through_every_step_to_the_last_day(compact):
    root = parsed(compact=compact)
    x, y = plot_scale(root)
    (line,) = curve_paths(root)

    expected = [
        (x(0), y(1)),
        (x(6), y(1)),
        (x(6), y(5 / 6)),
        (x(18), y(5 / 6)),
        (x(18), y(5 / 9)),
        (x(30), y(5 / 9)),
    ]
    np.testing.assert_allclose(corners(line), expected, atol=0.011)


def test_the_band_runs_along_the_upper_limit_and_back_along_the_lower():
    root = parsed()
    x, y = plot_scale(root)
    (band,) = of_class(root, "fig-band")

    expected = [
        (x(0), y(1)), (x(6), y(1)), (x(6), y(0.9)), (x(18), y(0.9)), (x(18), y(0.8)),
        (x(30), y(0.8)), (x(30), y(0.1)), (x(18), y(0.1)), (x(18), y(0.3)), (x(6), y(0.3)),
        (x(6), y(1)), (x(0), y(1)),
    ]  # fmt: skip
    np.testing.assert_allclose(corners(band), expected, atol=0.011)


def test_the_band_ends_where_the_limits_become_unknown():
    curve = replace(
        LESIONS,
        share=np.array([5 / 6, 5 / 6, 5 / 9, 0.0]),
        lower=np.array([0.3, 0.3, 0.1, np.nan]),
        upper=np.array([0.9, 0.9, 0.8, np.nan]),
    )
    root = parsed(curve)
    x, y = plot_scale(root)
    (band,) = of_class(root, "fig-band")
    (line,) = curve_paths(root)

    assert max(corners(band))[0] == pytest.approx(x(30), abs=0.011)
    assert min(y_ for _, y_ in corners(band)) == pytest.approx(y(1), abs=0.011)
    assert corners(line)[-1] == pytest.approx((x(30), y(0)), abs=0.011)
    assert "nan" not in draw(curve)


def test_each_day_with_a_censoring_has_one_tick_centred_on_the_curve():
    root = parsed()
    x, y = plot_scale(root)
    (node,) = of_class(root, "fig-censor")
    ends = np.array(corners(node)).reshape(-1, 2, 2)

    expected = [(x(6), y(5 / 6)), (x(12), y(5 / 6)), (x(30), y(5 / 9))]
    np.testing.assert_allclose(ends.mean(axis=1), expected, atol=0.011)


def test_the_percent_axis_goes_from_0_to_100_and_the_time_axis_shows_the_months():
    root = parsed()
    shown = texts(root, "fig-text")
    assert shown[:10] == ["0", "20", "40", "60", "80", "100", "0", "12", "24", "36"]
    assert "Local control (%)" in shown
    assert "Months since the first day of RT" in shown


def test_the_table_under_the_axis_shows_the_numbers_at_the_ticks():
    root = parsed()
    assert texts(root, "fig-row-label") == ["At risk", "Censored", "Events"]
    assert texts(root, "fig-count") == [
        "6", "4", "2", "0",
        "0", "2", "2", "4",
        "0", "1", "2", "2",
    ]  # fmt: skip
    x, _ = plot_scale(root)
    places = [float(node.get("x")) for node in of_class(root, "fig-count")[:4]]
    assert places == pytest.approx([x(tick) for tick in TICKS], abs=0.011)


def test_lines_that_are_not_told_are_left_out_and_numbers_may_be_words():
    root = parsed(replace(LESIONS, at_risk=("6", "< 5", "< 5", "0"), censored=(), events=()))

    assert texts(root, "fig-row-label") == ["At risk"]
    assert texts(root, "fig-count") == ["6", "< 5", "< 5", "0"]


def test_a_curve_from_a_fit_carries_the_numbers_counted_by_hand():
    # Days 100 (event), 365 (censored), 400 (event and censoring), 800 (censored).
    fit = kaplan_meier([100, 365, 400, 400, 800], [1, 0, 1, 0, 0])
    curve = curve_data(fit, label="All", ticks_months=(0, 12, 24), note="n = 5")

    assert (curve.at_risk, curve.censored, curve.events) == ([5, 3, 1], [0, 1, 2], [0, 1, 2])
    assert curve.censor_days.tolist() == [365, 400, 800]
    assert curve.share.tolist() == pytest.approx([4 / 5, 4 / 5, 8 / 15, 8 / 15])
    assert curve.median_days is None
    assert (curve.label, curve.note) == ("All", "n = 5")
    assert (
        curve_data(kaplan_meier([10, 20], [1, 1]), label="", ticks_months=(0, 1)).median_days == 15
    )


def test_median_lines_go_from_50_percent_to_the_axis_at_each_median_reached():
    early = replace(LESIONS, label="A", median_days=float(months(9)[0]))
    late = replace(LESIONS, label="B", median_days=float(months(20)[0]))
    root = parsed(early, late, replace(LESIONS, label="C"))
    x, y = plot_scale(root)
    across, *down = of_class(root, "fig-median")

    assert float(across.get("x2")) == pytest.approx(x(20), abs=0.011)
    assert float(across.get("y1")) == pytest.approx(y(0.5), abs=0.011)
    assert [float(node.get("x1")) for node in down] == pytest.approx([x(9), x(20)], abs=0.011)
    assert {node.get("y2") for node in down} == {of_class(root, "fig-axis")[0].get("y2")}
    assert of_class(parsed(early, show_median=False), "fig-median") == []
    assert of_class(parsed(LESIONS), "fig-median") == []


def test_nothing_is_drawn_past_the_last_tick():
    root = parsed(
        replace(LESIONS, at_risk=(6, 4), censored=(0, 2), events=(0, 1)), ticks_months=(0, 12)
    )
    right = float(of_class(root, "fig-axis")[1].get("x2"))
    drawn = curve_paths(root) + of_class(root, "fig-band") + of_class(root, "fig-censor")
    assert max(x for node in drawn for x, _ in corners(node)) == pytest.approx(right, abs=0.011)


def test_bands_lie_under_all_curves():
    order = [
        node.get("class").split()[0]
        for node in parsed(LESIONS, replace(LESIONS, label="B")).iter(f"{SVG}path")
    ]
    assert order[:2] == ["fig-band", "fig-band"]
    assert "fig-band" not in order[2:]


def test_title_note_annotation_and_caption_are_printed():
    root = parsed(
        replace(LESIONS, note="median 25.0 months (20.0 to 45.0)"),
        annotation="Log-rank P = 0.024",
        caption=["Origin: first day of RT.", "Log-log 95 % CI. Data cut 2026-03-01."],
    )
    assert texts(root, "fig-title") == ["Local control"]
    assert texts(root, "fig-legend") == [
        "All lesions: median 25.0 months (20.0 to 45.0)",
        "Log-rank P = 0.024",
    ]
    assert texts(root)[-2:] == ["Origin: first day of RT.", "Log-log 95 % CI. Data cut 2026-03-01."]
    assert texts(parsed(show_title=False), "fig-title") == []


def test_a_screen_reader_gets_name_and_description():
    root = parsed(caption=["Origin: RT.", "Data cut: today."], figure_id="lc")
    title, description = root[0], root[1]

    assert root.get("role") == "img"
    assert (title.tag, title.text, title.get("id")) == (f"{SVG}title", "Local control", "lc-title")
    assert description.text == "Origin: RT. Data cut: today."
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")
    assert parsed(description="Falls to 56 %.")[1].text == "Falls to 56 %."


HOSTILE = "<script>alert(1)</script>\"'&]]><!-- \x00\x1b\ud800 onload=x"


@pytest.mark.parametrize("compact", [False, True])
def test_hostile_text_is_only_ever_text(compact):
    words = FigureLabels(*[HOSTILE] * 5)
    svg = draw(
        replace(LESIONS, label=HOSTILE, note=HOSTILE),
        replace(LESIONS, label=HOSTILE),
        title=HOSTILE,
        labels=words,
        caption=[HOSTILE],
        description=HOSTILE,
        annotation=HOSTILE,
        compact=compact,
    )
    root = ET.fromstring(svg)

    svg.encode("utf-8")
    assert "<script" not in svg
    allowed = {"svg", "title", "desc", "g", "path", "line", "text"}
    assert {node.tag.removeprefix(SVG) for node in root.iter()} == allowed
    assert "".join(texts(root, "fig-title")).startswith("<script>alert(1)</script>")


def test_nothing_that_a_strict_content_security_policy_refuses_is_written():
    root = parsed(replace(LESIONS, note="n"), caption=["c"], annotation="a")
    for node in root.iter():
        assert node.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject")
        for name in node.attrib:
            assert name != "style"
            assert not name.startswith("on")
            assert "href" not in name


@pytest.mark.parametrize("compact", [False, True])
def test_long_words_stay_inside_the_figure_and_none_is_lost(compact):
    long = "Unvollständigreseziertes Weichteilsarkom der unteren Extremität nach Radiotherapie"
    root = parsed(
        replace(LESIONS, label=long, note=long),
        replace(LESIONS, label=long),
        title=long,
        caption=[long * 3],
        labels=FigureLabels(long, long, "Unter Beobachtung", "Zensiert (kumuliert)", "Ereignisse"),
        compact=compact,
    )
    _, _, width, height = map(float, root.get("viewBox").split())
    written = " ".join(texts(root))

    assert texts(root, "fig-title") != [long] or not compact
    for word in {*long.split(), "Beobachtung", "Zensiert", "Ereignisse"}:
        assert word in written
    for node in root.iter(f"{SVG}text"):
        if node.get("transform") is None:
            assert 0 <= float(node.get("x")) <= width
            assert 0 <= float(node.get("y")) <= height


def test_ticks_without_room_for_their_numbers_are_thinned_from_the_first_on():
    many = tuple(range(0, 121, 3))
    counts = tuple(1000 - number for number in range(len(many)))
    curve = replace(LESIONS, at_risk=counts, censored=counts, events=counts)
    wide, compact = (
        [int(words) for words in texts(parsed(curve, ticks_months=many, compact=narrow), "fig-text")
         if re.fullmatch(r"\d+", words)][6:]
        for narrow in (False, True)
    )  # fmt: skip

    for shown in (wide, compact):
        assert shown[0] == 0
        assert len(set(np.diff(shown))) == 1
    assert len(compact) < len(wide) < len(many)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"share": np.array([1.0])}, "share has 1 values but days has 4"),
        ({"share": np.array([1.2, 1, 1, 1])}, "share must lie within 0 and 1"),
        ({"share": np.array([np.nan, 1, 1, 1])}, "share must lie within 0 and 1"),
        ({"lower": np.array([-0.1, 0, 0, 0])}, "lower must lie within 0 and 1"),
        ({"days": months(12, 6, 18, 30)}, "days must be ascending days from 0 on"),
        ({"days": np.array([])}, "days is empty"),
        ({"censor_days": months(-1)}, "censor_days must be ascending days from 0 on"),
        ({"events": (0, 1)}, "one number per tick"),
    ],
)
def test_impossible_curve_data_are_refused(changed, message):
    with pytest.raises(ValueError, match=message):
        replace(LESIONS, **changed)


@pytest.mark.parametrize(
    ("curves", "changed", "message"),
    [
        ([], {}, "curves must be 1 to 6, got 0"),
        ([LESIONS] * 7, {}, "curves must be 1 to 6, got 7"),
        ([LESIONS, replace(LESIONS, label=" ")], {}, "each of several curves needs a label"),
        ([LESIONS], {"ticks_months": (0, 12)}, "'All lesions' has 4 numbers at risk for 2 ticks"),
        ([LESIONS], {"ticks_months": (0, 12, 12, 36)}, "ticks_months must be two or more"),
        ([LESIONS], {"ticks_months": (-1, 12, 24, 36)}, "ticks_months must be two or more"),
        ([LESIONS], {"ticks_months": (0,)}, "ticks_months must be two or more"),
        ([LESIONS], {"caption": "one text"}, "caption must be a sequence of paragraphs"),
        ([LESIONS], {"figure_id": '"><script>'}, "figure_id must be a plain id"),
    ],
)
def test_a_figure_that_cannot_be_drawn_is_refused(curves, changed, message):
    arguments = {"title": "T", "labels": LABELS, "ticks_months": TICKS} | changed
    with pytest.raises(ValueError, match=message):
        survival_figure(curves, **arguments)
