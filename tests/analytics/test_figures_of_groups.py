"""Figures of several curves: how they are told apart, and curves that rise."""

from dataclasses import replace

import numpy as np
import pytest

from analytics.estimators import cumulative_incidence
from analytics.figures import incidence_data
from tests.analytics.drawings import (
    LABELS,
    LESIONS,
    corners,
    curve_paths,
    of_class,
    parsed,
    plot_scale,
    texts,
)


def test_groups_differ_in_colour_and_in_dash_pattern_and_are_named_above_and_in_the_table():
    groups = [replace(LESIONS, label=name) for name in ("G1", "G2", "G3", "Gx", "G5", "G6")]
    root = parsed(*groups)
    looks = [(node.get("stroke"), node.get("stroke-dasharray")) for node in curve_paths(root)]

    assert len({colour for colour, _ in looks}) == 6
    assert len({dashes for _, dashes in looks}) == 6
    assert texts(root, "fig-legend") == ["G1", "G2", "G3", "Gx", "G5", "G6"] * 2
    assert len(texts(root, "fig-count")) == 6 * 12
    for number in "123456":
        assert len(of_class(root, f"fig-band-{number}")) == 1


def test_each_of_several_curves_has_its_name_at_its_end():
    root = parsed(
        replace(LESIONS, label="Grade 1", share=np.array([1.0, 1.0, 0.9, 0.9])),
        replace(LESIONS, label="Grade 2 or 3", short="Grade 2–3"),
    )
    _, y = plot_scale(root)
    names = of_class(root, "fig-name")

    assert [node.text for node in names] == ["Grade 1", "Grade 2–3"]
    middles = [float(node.get("y")) - 0.35 * 13 for node in names]
    assert middles == pytest.approx([y(0.9), y(5 / 9)], abs=0.02)
    assert of_class(parsed(), "fig-name") == []


def test_names_of_curves_that_end_together_are_moved_apart():
    root = parsed(*(replace(LESIONS, label=name) for name in ("A", "B", "C")))
    heights = [float(node.get("y")) for node in of_class(root, "fig-name")]

    assert np.diff(heights).min() >= 13


def test_a_curve_that_rises_begins_at_0_and_tells_its_competing_events():
    rising = replace(
        LESIONS,
        label="Local failure",
        share=np.array([0.1, 0.1, 0.4, 0.4]),
        lower=np.array([0.05, 0.05, 0.2, 0.2]),
        upper=np.array([0.2, 0.2, 0.6, 0.6]),
        starts_at=0.0,
        competing=(0, 0, 1, 1),
    )
    told_there = replace(rising, label="Death", at_risk=(), censored=(), events=(), competing=())
    root = parsed(rising, told_there, labels=replace(LABELS, competing="Died before"))
    x, y = plot_scale(root)
    line = curve_paths(root)[0]

    assert corners(line)[:2] == [
        pytest.approx((x(0), y(0)), abs=0.011),
        pytest.approx((x(6), y(0)), abs=0.011),
    ]
    assert texts(root, "fig-row-label") == ["At risk", "Censored", "Events", "Died before"]
    assert texts(root, "fig-count")[-4:] == ["0", "0", "1", "1"]


def test_an_incidence_curve_carries_the_numbers_counted_by_hand():
    # Days 100 (failure), 365 (censored), 400 (death), 800 (failure): F = 1/4 from day 100 on, and
    # 1/4 + 3/4 * 1/2 * 1 = 5/8 from day 800 on, with two at risk on day 400.
    fit = cumulative_incidence([100, 365, 400, 800], [1, 0, 2, 1])
    curve = incidence_data(fit, 1, label="Failure", ticks_months=(0, 12, 24, 36))

    assert curve.starts_at == 0
    assert curve.share.tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 4, 5 / 8])
    assert (curve.at_risk, curve.events) == ([4, 2, 1, 0], [0, 1, 1, 2])
    assert (curve.censored, curve.competing) == ([0, 1, 1, 1], [0, 0, 1, 1])
    before_any = incidence_data(fit, 2, label="Death", ticks_months=(0, 12, 24, 36))
    assert before_any.lower[0] == before_any.upper[0] == 0


def test_bands_of_more_than_three_curves_are_fainter():
    few, many = (
        of_class(
            parsed(*(replace(LESIONS, label=f"G{place}") for place in range(count))), "fig-band"
        )
        for count in (3, 4)
    )
    assert float(many[0].get("fill-opacity")) < float(few[0].get("fill-opacity"))
