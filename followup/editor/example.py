"""The visits of an example patient under a schedule that is being edited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from followup.days_off import is_day_off
from followup.models.visit import items_text, visit_label
from followup.schedules import expected_visits
from registry.protocols.calendar import add_months
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import Item, TimePoint

YEARS = 5


@dataclass(frozen=True)
class ExampleVisit:
    """One date of the example, with its window and what is asked for."""

    label: str
    anchor: TimePoint
    target: dt.date
    window_start: dt.date
    window_end: dt.date
    items: str


def example_visits(
    schedule: Schedule, days: Mapping[TimePoint, dt.date], *, country: str = ""
) -> list[ExampleVisit]:
    """The visits of a patient to whom nothing happens, over five years from the latest day.

    Args:
        days: those that the clocks count from; a clock without its day has no visits.
        country: whose public holidays move target dates, where the schedule moves them.
    """
    known = {clock.anchor: days[clock.anchor] for clock in schedule.clocks if clock.anchor in days}
    if not known:
        return []
    start = max(known.values())
    end = add_months(start, 12 * YEARS)
    visits = expected_visits(
        replace(schedule, steps=()),
        known,
        (),
        today=start,
        ahead_months=12 * YEARS,
        is_day_off=partial(is_day_off, country),
    )
    return [
        ExampleVisit(
            label=visit_label(visit.key, visit.offset.count, visit.offset.unit, []),
            anchor=visit.anchor,
            target=visit.target,
            window_start=visit.window_start,
            window_end=visit.window_end,
            items=items_text([item.value for item in Item if item in visit.requirements]),
        )
        for visit in visits
        if visit.target is not None
        and visit.offset is not None
        and visit.window_start is not None
        and visit.window_end is not None
        and visit.target <= end
    ]
