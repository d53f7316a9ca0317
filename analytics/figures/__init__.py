"""Figures as SVG text, drawn from finished numbers."""

from analytics.figures.curve_data import CurveData, FigureLabels, curve_data
from analytics.figures.forest import ForestRow, forest_figure
from analytics.figures.incidence import incidence_data, rising_curve
from analytics.figures.months import DAYS_PER_MONTH, month_ticks
from analytics.figures.shapes import Shape
from analytics.figures.survival import survival_figure
from analytics.figures.timeline import timeline_figure
from analytics.figures.timeline_data import Lane, Tick, TimelineData, TimelineEvent

__all__ = [
    "DAYS_PER_MONTH",
    "CurveData",
    "FigureLabels",
    "ForestRow",
    "Lane",
    "Shape",
    "Tick",
    "TimelineData",
    "TimelineEvent",
    "curve_data",
    "forest_figure",
    "incidence_data",
    "month_ticks",
    "rising_curve",
    "survival_figure",
    "timeline_figure",
]
