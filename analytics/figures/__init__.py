"""Figures as SVG text, drawn from finished numbers."""

from analytics.figures.curve_data import CurveData, FigureLabels, curve_data
from analytics.figures.months import DAYS_PER_MONTH, month_ticks
from analytics.figures.survival import survival_figure

__all__ = [
    "DAYS_PER_MONTH",
    "CurveData",
    "FigureLabels",
    "curve_data",
    "month_ticks",
    "survival_figure",
]
