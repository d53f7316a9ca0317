"""Visits of a synthetic patient: the protocol's schedule, kept most of the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from registry.demo.draw import days
from registry.demo.lives import Life
from registry.demo.moves import workday
from registry.protocols.calendar import OffsetUnit
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import EndKind, Item, TimePoint

ALL_ITEMS = frozenset({Item.CLINIC, Item.TOXICITY, Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING})
_YEARS_AHEAD = 12


@dataclass(frozen=True)
class Planned:
    """An expected visit: day of its target, and how far it may be missed on either side."""

    day: int
    before: int
    after: int
    items: frozenset[Item]


@dataclass
class Visit:
    """A visit that took place; without items it is a telephone call."""

    day: int
    items: frozenset[Item] = field(default=ALL_ITEMS)

    @property
    def is_call(self) -> bool:
        """True when nobody was examined."""
        return not self.items


def planned_visits(schedule: Schedule, anchors: Mapping[TimePoint, int]) -> list[Planned]:
    """The expected visits by day, with months of mean length.

    The registry counts calendar months; that differs by two days at most, well within the windows.
    Targets that lie within the schedule's merging distance are one visit, as in the registry.
    """
    targets: list[Planned] = []
    for clock in schedule.clocks:
        if clock.anchor not in anchors:
            continue
        for segment in clock.segments:
            for offset in segment.offsets(_YEARS_AHEAD * 12):
                after = offset.count if offset.unit is OffsetUnit.DAYS else days(offset.count)
                targets.append(
                    Planned(
                        anchors[clock.anchor] + after,
                        round(segment.window.before.nominal_days),
                        round(segment.window.after.nominal_days),
                        frozenset(clock.items),
                    )
                )
    merged: list[Planned] = []
    for target in sorted(targets, key=lambda target: target.day):
        last = merged[-1] if merged else None
        if last is None or target.day - last.day > schedule.merge_days:
            merged.append(target)
        else:
            merged[-1] = Planned(
                last.day,
                min(last.before, target.before),
                min(last.after, target.after),
                last.items | target.items,
            )
    return merged


def visits_of(
    life: Life,
    schedule: Schedule,
    anchors: Mapping[TimePoint, int],
    rng: Random,
    *,
    missed: float = 0.02,
    partial: float = 0.03,
) -> list[Visit]:
    """What took place up to the last contact: scheduled visits, findings between them, calls."""
    found: dict[int, Visit] = {}
    planned = planned_visits(schedule, anchors)
    last_wanted = life.seen
    if EndKind.PROGRESSION in schedule.ends_on and life.first_progression is not None:
        last_wanted = life.first_progression
    findings = {day for day in (*life.local, life.distant) if day is not None}
    for target in planned:
        if target.day - target.before > last_wanted:
            break
        day = _day_of_visit(target, life, findings, rng)
        chance = rng.random()
        if day in found or (chance < missed and day != life.seen and day not in findings):
            continue
        items = target.items
        if missed <= chance < missed + partial and len(items) > 2:
            items -= {Item.SYSTEMIC_IMAGING}
        found[day] = Visit(day, items)
    for day in findings:
        # Progression is found by imaging, also between the scheduled visits.
        found[day] = Visit(day, ALL_ITEMS)
    if life.seen not in found:
        found[life.seen] = Visit(life.seen, frozenset())
    _add_calls(found, life, last_wanted, rng)
    return [found[day] for day in sorted(found)]


def next_planned(
    life: Life, schedule: Schedule, anchors: Mapping[TimePoint, int]
) -> Planned | None:
    """The first expected visit that the last contact leaves open; None when nothing is expected."""
    if EndKind.PROGRESSION in schedule.ends_on and life.first_progression is not None:
        return None
    for target in planned_visits(schedule, anchors):
        if target.day - target.before > life.seen:
            return target
    return None


def _day_of_visit(target: Planned, life: Life, findings: set[int], rng: Random) -> int:
    """Near the target; on the day of a finding or of the last contact if one is in the window."""
    day = workday(target.day + rng.randint(-min(target.before, 6), min(target.after, 8)), life)
    window = range(target.day - target.before + 2, target.day + target.after - 1)
    for finding in sorted(findings):
        if finding in window:
            return finding
    if day >= life.seen or life.seen in window:
        return life.seen
    return day


def _add_calls(found: dict[int, Visit], life: Life, since: int, rng: Random) -> None:
    """Calls about twice a year once the schedule has ended."""
    day = since + rng.randint(120, 200)
    while day < life.seen - 60:
        found.setdefault(workday(day, life), Visit(workday(day, life), frozenset()))
        day += rng.randint(150, 210)
