"""Bends synthetic lives until their curves pass through the published figures.

A small search: change one life at random, keep the change unless the figures get worse by more
than a threshold that falls to zero. It ends as soon as every figure is met.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from statistics import median

from registry.demo.draw import MONTH_DAYS, CohortError
from registry.demo.lives import Endpoint, Life, medians, rate, steps

GUARD_DAYS = 3
"""A published rate holds this long before and after its time: a month has several lengths."""

Undo = Callable[[], None]
Move = Callable[[Sequence[Life], Random], "Undo | None"]
"""Changes one life and returns how to take it back; None when the change is not possible."""


@dataclass(frozen=True)
class Curve:
    """Published figures of one curve: rates (months → percent) and the median in months.

    ``tag`` limits the curve to lives that carry it.
    """

    name: str
    endpoint: Endpoint
    rates: dict[float, float]
    median: float | None = None
    tag: str = ""
    tolerance: float = 1.3
    median_tolerance: float = 0.4

    def misses(self, lives: Sequence[Life]) -> float:
        """Percentage points (and months of the median) by which the figures are not met."""
        found = steps(
            pair
            for life in lives
            if not self.tag or self.tag in life.tags
            for pair in self.endpoint(life)
        )
        miss = 0.0
        for months, percent in self.rates.items():
            day = months * MONTH_DAYS
            for reached in (rate(found, day - GUARD_DAYS), rate(found, day + GUARD_DAYS)):
                miss += max(0.0, abs(reached - percent) - self.tolerance)
        if self.median is not None:
            for reached in medians(found) or (math.inf,):
                off = min(60.0, abs(reached - self.median))
                miss += max(0.0, off - self.median_tolerance)
        return miss


@dataclass(frozen=True)
class FollowUp:
    """Published median follow-up in months, of all lives, of the survivors or of the lesions."""

    months: float
    of: str = "all"
    tolerance: float = 0.25
    name: str = "median follow-up"

    def misses(self, lives: Sequence[Life]) -> float:
        """Months by which the median is not met."""
        if self.of == "lesions":
            times = [life.end - start for life in lives for start in life.starts]
        else:
            times = [life.end for life in lives if self.of == "all" or not life.died]
        return max(0.0, abs(median(times) / MONTH_DAYS - self.months) - self.tolerance)


@dataclass(frozen=True)
class Count:
    """A published number of lives of which something is true."""

    name: str
    number: int
    true_of: Callable[[Life], bool]

    def misses(self, lives: Sequence[Life]) -> float:
        """Lives too many or too few, weighted so that the search may pass through a wrong count."""
        return 0.4 * abs(sum(1 for life in lives if self.true_of(life)) - self.number)


Goal = Curve | FollowUp | Count


def unmet(goals: Sequence[Goal], lives: Sequence[Life]) -> dict[str, float]:
    """Goals that are not met, by name, with how far they are missed."""
    found = {goal.name: goal.misses(lives) for goal in goals}
    return {name: miss for name, miss in found.items() if miss > 0}


def fit(
    lives: Sequence[Life],
    goals: Sequence[Goal],
    moves: Sequence[Move],
    rng: Random,
    *,
    rounds: int = 12_000,
) -> None:
    """Change the lives in place until every goal is met.

    Raises:
        CohortError: naming the goals that are not met after so many rounds.
    """
    current = sum(goal.misses(lives) for goal in goals)
    for turn in range(rounds):
        if current == 0:
            return
        undo = rng.choice(moves)(lives, rng)
        if undo is None:
            continue
        threshold = 0.9 * max(0.0, 1 - (turn % 4000) / 3000)
        changed = 0.0
        for goal in goals:
            changed += goal.misses(lives)
            if changed > current + threshold:
                undo()
                break
        else:
            current = changed
    missed = ", ".join(f"{name} by {miss:.2f}" for name, miss in unmet(goals, lives).items())
    raise CohortError(f"published figures are not met after {rounds} rounds: {missed}")
