"""Protocol schedule, anchors and events make the expected visits of a patient.

Pure and deterministic: no clock, no database; ``today`` is an argument. Visits are counted from
one set of anchors, that is one course of treatment. Whatever moves targets (working days, a
changed protocol, a second course) belongs between :func:`visit_targets` and :func:`match`, where
they are dates only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from followup.schedules.matching import match
from followup.schedules.settling import end_day, postponed, settled, waiting, waiting_key
from followup.schedules.steps import step_target, step_visit
from followup.schedules.targets import visit_targets
from followup.schedules.types import AnchorDate, Contact, Ending, ExpectedVisit, Override
from registry.partial_date import PartialDate
from registry.protocols.calendar import add_months
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import TimePoint

AHEAD_MONTHS = 24


def expected_visits(
    schedule: Schedule,
    anchors: Mapping[TimePoint, AnchorDate],
    events: Iterable[Contact | Ending],
    *,
    today: dt.date,
    overrides: Iterable[Override] = (),
    ahead_months: int = AHEAD_MONTHS,
) -> tuple[ExpectedVisit, ...]:
    """The expected visits of one patient as they stand today, by target date.

    Args:
        schedule: the protocol's schedule.
        anchors: dates that visits count from; a missing or partial one makes a waiting entry.
        events: assessments that took place and what may end the follow-up, in any order.
        today: the day that statuses are derived for.
        overrides: what people said about single visits, at most one each; those for visits that
            the schedule does not have (any more) are without effect.
        ahead_months: open-ended clocks are followed up to this many months after today.

    Raises:
        ValueError: for an anchor that is no time point, or two overrides of one visit.
    """
    dates = {
        TimePoint(point): PartialDate.of(value)
        for point, value in anchors.items()
        if value is not None
    }
    days = {point: value.to_date() for point, value in dates.items() if value.is_complete}
    events = list(events)
    end = _first_end(schedule, events)
    said = _by_key(overrides)

    awaited = list(dict.fromkeys(clock.anchor for clock in schedule.clocks))
    targets = visit_targets(
        schedule,
        {point: days[point] for point in awaited if point in days},
        horizon=add_months(today, ahead_months),
    )
    provided = match(
        [postponed(target, said.get(target.key)) for target in targets],
        {event for event in events if isinstance(event, Contact)},
    )
    visits = [
        settled(target, provided.get(target.key, {}), said.get(target.key), end, today)
        for target in targets
    ]
    for step in schedule.steps:
        happened = dates.get(step.event)
        if happened is not None:
            visits.append(step_visit(step, happened, days.get(step.anchor)))
        elif step.anchor in days:
            target = step_target(step, days[step.anchor])
            visits.append(settled(target, {}, said.get(target.key), end, today))
        elif step.anchor not in awaited:
            awaited.append(step.anchor)
    visits += [
        waiting(point, dates.get(point), said.get(waiting_key(point)), end)
        for point in awaited
        if point not in days
    ]
    return tuple(sorted(visits, key=lambda visit: (visit.target or dt.date.max, visit.key)))


def _first_end(schedule: Schedule, events: list[Contact | Ending]) -> Ending | None:
    ends = [
        event for event in events if isinstance(event, Ending) and event.kind in schedule.ends_on
    ]
    return min(ends, key=lambda end: (end_day(end), end.kind), default=None)


def _by_key(overrides: Iterable[Override]) -> dict[str, Override]:
    by_key: dict[str, Override] = {}
    for override in overrides:
        if override.key in by_key:
            raise ValueError(f"visit {override.key} has two overrides: give the one in force")
        by_key[override.key] = override
    return by_key
