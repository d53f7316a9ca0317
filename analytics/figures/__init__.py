"""Figures as SVG text, drawn from finished numbers."""

from analytics.figures.count_bars import CountBar, count_bars
from analytics.figures.curve_data import CurveData, FigureLabels, curve_data
from analytics.figures.forest import ForestRow, forest_figure
from analytics.figures.incidence import incidence_data, rising_curve
from analytics.figures.month_bars import MonthBar, month_bars
from analytics.figures.months import DAYS_PER_MONTH, month_ticks
from analytics.figures.shapes import Shape
from analytics.figures.survival import survival_figure
from analytics.figures.timeline import timeline_figure
from analytics.figures.timeline_data import Lane, Tick, TimelineData, TimelineEvent

__all__ = [
    "DAYS_PER_MONTH",
    "CountBar",
    "CurveData",
    "FigureLabels",
    "ForestRow",
    "Lane",
    "MonthBar",
    "Shape",
    "Tick",
    "TimelineData",
    "TimelineEvent",
    "count_bars",
    "curve_data",
    "forest_figure",
    "incidence_data",
    "month_bars",
    "month_ticks",
    "rising_curve",
    "survival_figure",
    "timeline_figure",
]
