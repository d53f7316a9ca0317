"""Survival figures drawn for tests, and ways to look into them."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from analytics.figures import DAYS_PER_MONTH, CurveData, FigureLabels, survival_figure

SVG = "{http://www.w3.org/2000/svg}"
LABELS = FigureLabels(
    x_axis="Months since the first day of RT",
    y_axis="Local control (%)",
    at_risk="At risk",
    censored="Censored",
    events="Events",
)
TICKS = (0, 12, 24, 36)


def months(*values):
    return np.array(values) * DAYS_PER_MONTH


# Six lesions: failures at 6 and 18 months, censored at 6, 12, 30 and 30 months.
# S = 5/6 from month 6 on, then 5/6 * 2/3 = 5/9 from month 18 on.
LESIONS = CurveData(
    label="All lesions",
    days=months(6, 12, 18, 30),
    share=np.array([5 / 6, 5 / 6, 5 / 9, 5 / 9]),
    lower=np.array([0.3, 0.3, 0.1, 0.1]),
    upper=np.array([0.9, 0.9, 0.8, 0.8]),
    censor_days=months(6, 12, 30),
    at_risk=(6, 4, 2, 0),
    censored=(0, 2, 2, 4),
    events=(0, 1, 2, 2),
)


def draw(*curves, **changed):
    arguments: dict[str, Any] = {"title": "Local control", "labels": LABELS, "ticks_months": TICKS}
    arguments |= changed
    return survival_figure(curves or (LESIONS,), **arguments)


def parsed(*curves, **changed):
    return ET.fromstring(draw(*curves, **changed))


def of_class(root, name):
    return [node for node in root.iter() if name in node.get("class", "").split()]


def texts(root, name=None):
    return [
        node.text
        for node in root.iter(f"{SVG}text")
        if name is None or name in node.get("class", "").split()
    ]


def corners(node):
    return [tuple(map(float, pair.split())) for pair in re.split("[MLZ]", node.get("d")) if pair]


def curve_paths(root):
    return [node for node in of_class(root, "fig-curve") if node.tag == f"{SVG}path"]


def plot_scale(root):
    """The functions from months and shares to coordinates, read off the two axes."""
    upright, level = of_class(root, "fig-axis")[:2]
    left, right = float(level.get("x1")), float(level.get("x2"))
    top, bottom = float(upright.get("y1")), float(upright.get("y2"))
    return (
        lambda month: left + (right - left) * month / TICKS[-1],
        lambda share: bottom - (bottom - top) * share,
    )
