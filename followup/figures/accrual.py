"""The figure of accrual: patients enrolled up to each month, against the plan."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from registry.date_text import month_in_table
from registry.number_text import count_text
from registry.selectors.accrual_months import Month

PAD = 8.0
CHARACTER = 0.62
"""Width of a figure in shares of the size of its type, in the widest of common fonts."""
STEPS = (1, 2, 5)


@dataclass(frozen=True)
class Size:
    """Measures in units of the viewBox, which are pixels at natural size."""

    width: float
    height: float
    type: float


WIDE = Size(1120, 300, 13)
COMPACT = Size(350, 230, 12)


@dataclass(frozen=True)
class Tick:
    """A tick of an axis: its place, as the template writes it, and its words."""

    at: str
    words: str


@dataclass(frozen=True)
class AccrualFigure:
    """What the template draws; places are texts, so that no language writes them with a comma.

    Attributes:
        enrolled, planned: corners of the lines; ``planned`` is "" without a plan.
    """

    width: str
    height: str
    type_size: str
    left: str
    right: str
    bottom: str
    tick: str
    below: str
    beside: str
    counts: list[Tick]
    years: list[Tick]
    enrolled: str
    planned: str


def accrual_figure(
    months: Sequence[Month],
    enrolled: Mapping[Month, int],
    planned: Mapping[Month, float],
    size: Size = WIDE,
) -> AccrualFigure:
    """The lines of these months.

    Args:
        months: one after another, at least one; the axis begins with the first day of the first.
        enrolled: patients up to the end of each month; where months are left out, the line goes
            straight to the next that is there.
        planned: patients that were planned up to the end of each month; empty without a plan.
    """
    highest = max([1.0, *enrolled.values(), *planned.values()])
    step = round_step(highest / 5)
    most = step * math.ceil(highest / step)
    left = PAD + len(count_text(most)) * CHARACTER * size.type + PAD
    right, top = size.width - 2 * PAD, size.type
    bottom = size.height - 2.4 * size.type

    def x(position: float) -> float:
        return left + (right - left) * position / len(months)

    def y(count: float) -> float:
        return bottom - (bottom - top) * count / most

    corners, level, drawn = [(x(0), y(0))], 0.0, 0
    for position, month in enumerate(months):
        if month not in enrolled:
            continue
        if drawn == position:
            # Within a month nobody knows more than the sum: the line steps up at its end.
            corners.append((x(position + 1), y(level)))
        corners.append((x(position + 1), y(enrolled[month])))
        level, drawn = enrolled[month], position + 1
    plan = [(x(position + 1), y(planned[m])) for position, m in enumerate(months) if m in planned]
    return AccrualFigure(
        width=_n(size.width),
        height=_n(size.height),
        type_size=_n(size.type),
        left=_n(left),
        right=_n(right),
        bottom=_n(bottom),
        tick=_n(bottom + 5),
        below=_n(bottom + 1.5 * size.type),
        beside=_n(left - PAD),
        counts=[Tick(_n(y(count)), count_text(count)) for count in range(0, most + 1, step)],
        years=_years(months, x, size),
        enrolled=_points(corners),
        planned=_points([(x(0), y(0)), *plan] if plan else []),
    )


def round_step(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, … that is not below ``least``."""
    power = 1
    while True:
        for step in STEPS:
            if step * power >= least:
                return step * power
        power *= 10


def _years(months: Sequence[Month], x: Callable[[float], float], size: Size) -> list[Tick]:
    """A tick at each January that has room for its number; the first month where there is none."""
    places = [(x(at), str(month.year)) for at, month in enumerate(months) if month.month == 1]
    if not places:
        return [Tick(_n(x(0)), month_in_table(months[0].first_day))]
    room = 4 * CHARACTER * size.type + 2 * PAD
    apart = (x(1) - x(0)) * 12
    every = max(1, math.ceil(room / apart))
    return [Tick(_n(place), words) for place, words in places[::every]]


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in places)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
