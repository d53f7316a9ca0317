"""From clocks to targets: dates counted from the anchors, near ones merged into one visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from registry.protocols.calendar import Offset, OffsetUnit, months_between
from registry.protocols.schedule import Schedule, Window
from registry.protocols.vocabulary import Item, TimePoint


@dataclass(frozen=True, slots=True)
class Target:
    """A visit before anything is known about what took place."""

    key: str
    anchor: TimePoint
    anchor_day: dt.date
    offset: Offset
    day: dt.date
    window_start: dt.date
    window_end: dt.date
    requirements: frozenset[Item]


@dataclass(frozen=True, slots=True)
class _Slot:
    """Items that all clocks of one anchor ask for at the same offset."""

    anchor: TimePoint
    offset: Offset
    items: frozenset[Item]
    window: Window
    is_open_ended: bool

    @property
    def rank(self) -> tuple[float, str, str]:
        """Order that does not depend on the calendar: the smaller offset first."""
        return (self.offset.nominal_days, self.anchor, self.offset.code)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A slot on the calendar."""

    day: dt.date
    anchor_day: dt.date
    slot: _Slot


def visit_targets(
    schedule: Schedule, anchor_days: Mapping[TimePoint, dt.date], *, horizon: dt.date
) -> list[Target]:
    """Targets of a schedule for the anchors that are known, by date.

    Clocks with an end are given whole, open-ended ones up to the horizon (inclusive). What falls
    within ``schedule.merge_days`` after the first of a group becomes one visit on that first day,
    so that two visits are always further apart than that.
    """
    # A little beyond the horizon, or a visit would gain an item as the horizon moves over it.
    edge = horizon + dt.timedelta(days=schedule.merge_days)
    placed = [
        _Placed(slot.offset.after(anchor_day), anchor_day, slot)
        for anchor, anchor_day in anchor_days.items()
        for slot in _slots(schedule, anchor, months_between(anchor_day, edge))
    ]
    placed.sort(key=lambda item: (item.day, item.slot.rank))
    groups: list[list[_Placed]] = []
    for item in placed:
        if groups and (item.day - groups[-1][0].day).days <= schedule.merge_days:
            groups[-1].append(item)
        else:
            groups.append([item])
    return [
        _merged(group)
        for group in groups
        if group[0].day <= horizon or not all(item.slot.is_open_ended for item in group)
    ]


def _merged(group: list[_Placed]) -> Target:
    # The name is that of the smallest offset, whichever day comes first: day 90 and month 3
    # change places with the length of the months, the visit's key must not.
    leader = min(group, key=lambda item: item.slot.rank)
    day = group[0].day
    # The narrowest window satisfies all members.
    start = max(item.slot.window.before.before(item.day) for item in group)
    end = min(item.slot.window.after.after(item.day) for item in group)
    return Target(
        key=f"{leader.slot.anchor}-{leader.slot.offset.code}",
        anchor=leader.slot.anchor,
        anchor_day=leader.anchor_day,
        offset=leader.slot.offset,
        day=day,
        window_start=min(start, day),
        window_end=max(end, day),
        requirements=frozenset[Item]().union(*(item.slot.items for item in group)),
    )


@lru_cache(maxsize=4096)
def _slots(schedule: Schedule, anchor: TimePoint, until_month: int) -> tuple[_Slot, ...]:
    """What the clocks of an anchor ask for, per offset; open ends up to the month given."""
    clocks = [clock for clock in schedule.clocks if clock.anchor == anchor]
    closed_months = [
        segment.last
        for clock in clocks
        for segment in clock.segments
        if segment.last is not None and segment.unit is OffsetUnit.MONTHS
    ]
    # Beside a clock with an end an open one is followed as far, so that they merge alike always.
    until = max([until_month, *closed_months])
    slots: dict[Offset, _Slot] = {}
    for clock in clocks:
        for segment in clock.segments:
            for offset in segment.offsets(until):
                slot = _Slot(
                    anchor, offset, frozenset(clock.items), segment.window, segment.last is None
                )
                there = slots.get(offset)
                slots[offset] = _joined(there, slot) if there else slot
    return tuple(slots.values())


def _joined(one: _Slot, other: _Slot) -> _Slot:
    return _Slot(
        one.anchor,
        one.offset,
        one.items | other.items,
        one.window.narrowed(other.window),
        one.is_open_ended and other.is_open_ended,
    )
