"""Where in the calendar a synthetic patient stands today: visit due, overdue, upcoming, or ended.

Only the calendar depends on the day of loading. Day 0 of a patient lies a fixed number of days
before the Monday of that week, so that intervals and weekdays never change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import cycle
from random import Random

from registry.demo.draw import days
from registry.demo.lives import Life
from registry.demo.visits import Planned

LOST_AFTER_DAYS = 365

STANDINGS = (
    "due", "overdue", "upcoming", "upcoming", "upcoming", "upcoming",
    "due", "upcoming", "upcoming", "long overdue", "upcoming", "upcoming",
)  # fmt: skip
"""Dealt in turn to the patients who are still followed."""


def monday_of(today: dt.date) -> dt.date:
    """The Monday of the week."""
    return today - dt.timedelta(days=today.weekday())


def standings() -> Iterator[str]:
    """The standings in turn, over and over."""
    return cycle(STANDINGS)


def days_lived(
    life: Life, following: Planned | None, standing: str, rng: Random, *, accrual_months: int
) -> int:
    """Days from the time origin to the Monday of this week.

    Args:
        following: the next expected visit of somebody who is still followed.
        accrual_months: how long ago the first patients of the study were treated.
    """
    if life.died or following is None:
        latest = max(life.end + 60, days(accrual_months))
        wanted = rng.randint(life.end + 14, latest if life.died else life.end + 90)
    elif standing == "lost":
        wanted = life.end + LOST_AFTER_DAYS + rng.randint(60, 300)
    elif standing == "due":
        wanted = following.day + rng.randint(-3, 2)
    elif standing == "overdue":
        wanted = following.day + following.after + rng.randint(8, 30)
    elif standing == "long overdue":
        wanted = following.day + following.after + rng.randint(64, 80)
    else:
        opens = following.day - following.before
        wanted = rng.randint(max(life.end + 3, opens - 60), max(life.end + 5, opens - 8))
    return _on_weekday(wanted, life)


def _on_weekday(wanted: int, life: Life) -> int:
    """The nearest number of days after which day 0 falls on its weekday; not before the end."""
    found = wanted + (-life.weekday - wanted + 3) % 7 - 3
    while found < life.end:
        found += 7
    return found
