"""Protocol schedule, anchors and events make the expected visits of a patient.

Pure and deterministic: no clock, no database; ``today`` is an argument. Targets come from the
clocks (:mod:`targets`), of each version of the schedule on its days (:mod:`versions`), with less
asked for after some events (:mod:`thinning`); what took place is matched to them (:mod:`matching`)
and each gets its status (:mod:`settling`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from followup.schedules.matching import match
from followup.schedules.settling import end_day, postponed, settled, waiting, waiting_key
from followup.schedules.steps import step_target, step_visit
from followup.schedules.targets import RADIOTHERAPY, Target, visit_targets
from followup.schedules.thinning import thinned, thinnings
from followup.schedules.types import (
    Amendment,
    Anchors,
    Contact,
    Ending,
    Event,
    ExpectedVisit,
    Gap,
    IsDayOff,
    Override,
)
from followup.schedules.versions import governed, spans
from registry.partial_date import PartialDate
from registry.protocols.calendar import add_months
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import SecondCourse, TimePoint

AHEAD_MONTHS = 24


def expected_visits(
    schedule: Schedule,
    anchors: Anchors,
    events: Iterable[Event],
    *,
    today: dt.date,
    overrides: Iterable[Override] = (),
    later_courses: Sequence[Anchors] = (),
    amendments: Sequence[Amendment] = (),
    is_day_off: IsDayOff | None = None,
    ahead_months: int = AHEAD_MONTHS,
) -> tuple[ExpectedVisit, ...]:
    """The expected visits of one patient as they stand today, by target date.

    Args:
        schedule: the schedule that the patient was enrolled under.
        anchors: dates that visits count from; a missing or partial one makes a waiting entry.
        events: assessments that took place, what may end or thin the follow-up, and times of loss;
            in any order.
        today: the day that statuses are derived for.
        overrides: what people said about single visits, at most one each; those for visits that
            the schedule does not have (any more) are without effect.
        later_courses: first and last day of the second and each further course of radiotherapy, in
            their order; the schedule says whether they count.
        amendments: later versions of the schedule that govern this patient, from their days on.
        is_day_off: of the centre's country; without it targets stay where they fall.
        ahead_months: open-ended clocks are followed up to this many months after today.

    Raises:
        ValueError: for an anchor that is no time point, or two overrides of one visit.
    """
    courses = [_known(one) for one in (anchors, *later_courses)]
    days = [_complete(one) for one in courses]
    events = list(events)
    contacts = {event for event in events if isinstance(event, Contact)}
    endings = [event for event in events if isinstance(event, Ending)]
    gaps = [event for event in events if isinstance(event, Gap)]
    said = _by_key(overrides)
    versions = spans(schedule, amendments)
    horizon = add_months(today, ahead_months)

    def targets_of(version: Schedule) -> list[Target]:
        awaited = {clock.anchor for clock in version.clocks}
        first = {point: day for point, day in days[0].items() if point in awaited}
        later = [
            {point: day for point, day in one.items() if point in RADIOTHERAPY} for one in days[1:]
        ]
        return visit_targets(
            version, first, horizon=horizon, later_courses=later, is_day_off=is_day_off
        )

    plan: list[tuple[Target, Ending | None]] = []
    for version, targets in governed(versions, targets_of):
        end, rules = _first_end(version, endings), thinnings(version, endings)
        plan += [(thinned(target, rules) if rules else target, end) for target in targets]
    provided = match(
        [postponed(target, said.get(target.key)) for target, _ in plan if target.closed is None],
        contacts,
    )
    visits = [
        settled(target, provided.get(target.key, {}), said.get(target.key), end, today, gaps)
        for target, end in plan
    ]
    newest = versions[-1][0]
    end = _first_end(newest, endings)
    visits += _steps(newest, courses[0], days[0], said, end, today)
    visits += [
        waiting(point, courses[number - 1].get(point), said.get(key), end, number)
        for number, point in _awaited(newest, courses[0], days)
        if (key := waiting_key(point, number))
    ]
    return tuple(sorted(visits, key=lambda visit: (visit.target or dt.date.max, visit.key)))


def _known(anchors: Anchors) -> dict[TimePoint, PartialDate]:
    return {
        TimePoint(point): PartialDate.of(value)
        for point, value in anchors.items()
        if value is not None
    }


def _complete(dates: Mapping[TimePoint, PartialDate]) -> dict[TimePoint, dt.date]:
    return {point: value.to_date() for point, value in dates.items() if value.is_complete}


def _steps(
    schedule: Schedule,
    dates: Mapping[TimePoint, PartialDate],
    days: Mapping[TimePoint, dt.date],
    said: Mapping[str, Override],
    end: Ending | None,
    today: dt.date,
) -> list[ExpectedVisit]:
    """Treatment steps that took place, or are waited for from a day that is known."""
    visits = []
    for step in schedule.steps:
        happened = dates.get(step.event)
        if happened is not None:
            visits.append(step_visit(step, happened, days.get(step.anchor)))
        elif step.anchor in days:
            target = step_target(step, days[step.anchor])
            visits.append(settled(target, {}, said.get(target.key), end, today))
    return visits


def _awaited(
    schedule: Schedule,
    dates: Mapping[TimePoint, PartialDate],
    days: Sequence[Mapping[TimePoint, dt.date]],
) -> list[tuple[int, TimePoint]]:
    """Number of the course and anchor of what is counted from days that are not known."""
    clocks = list(dict.fromkeys(clock.anchor for clock in schedule.clocks))
    steps = [step.anchor for step in schedule.steps if step.event not in dates]
    points = list(dict.fromkeys([*clocks, *steps]))
    awaited = [(1, point) for point in points if point not in days[0]]
    if schedule.second_course is not SecondCourse.CONTINUE:
        awaited += [
            (number, point)
            for number, known in enumerate(days[1:], start=2)
            for point in clocks
            if point in RADIOTHERAPY and point not in known
        ]
    return awaited


def _first_end(schedule: Schedule, endings: Iterable[Ending]) -> Ending | None:
    ends = [ending for ending in endings if schedule.is_ended_by(ending.kind)]
    return min(ends, key=lambda end: (end_day(end), end.kind), default=None)


def _by_key(overrides: Iterable[Override]) -> dict[str, Override]:
    by_key: dict[str, Override] = {}
    for override in overrides:
        if override.key in by_key:
            raise ValueError(f"visit {override.key} has two overrides: give the one in force")
        by_key[override.key] = override
    return by_key
