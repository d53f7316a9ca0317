"""From clocks to targets: dates counted from the anchors, near ones merged into one visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from followup.schedules.notes import Note, NoteCode
from followup.schedules.types import IsDayOff
from registry.protocols.calendar import Offset, OffsetUnit, months_between
from registry.protocols.schedule import Schedule, Window
from registry.protocols.vocabulary import Item, SecondCourse, TimePoint, WorkingDays

AnchorDays = Mapping[TimePoint, dt.date]

RADIOTHERAPY = (TimePoint.FIRST_RT_DAY, TimePoint.LAST_RT_DAY)
"""Anchors that each course of radiotherapy has anew."""

_DAY = dt.timedelta(days=1)


class Target(NamedTuple):
    """A visit before anything is known about what took place.

    ``closed``: why it is not asked for, though a clock names it. ``thinned``: why less is asked.
    """

    key: str
    anchor: TimePoint
    anchor_day: dt.date
    offset: Offset
    day: dt.date
    window_start: dt.date
    window_end: dt.date
    requirements: frozenset[Item]
    closed: Note | None = None
    thinned: Note | None = None


@dataclass(frozen=True, slots=True)
class _Slot:
    """Items that all clocks of one anchor ask for at the same offset."""

    anchor: TimePoint
    offset: Offset
    items: frozenset[Item]
    window: Window
    is_open_ended: bool
    rank: tuple[float, str, str]
    """Order that does not depend on the calendar: the smaller offset first."""


class _Placed(NamedTuple):
    """A slot on the calendar: ``nominal`` is what the protocol says, ``day`` a working day.

    ``rank`` decides which of a group gives the visit its name: the earliest course, the smallest
    offset.
    """

    day: dt.date
    nominal: dt.date
    anchor_day: dt.date
    course: int
    slot: _Slot
    rank: tuple[int, tuple[float, str, str]]


def visit_targets(
    schedule: Schedule,
    anchor_days: AnchorDays,
    *,
    horizon: dt.date,
    later_courses: Sequence[AnchorDays] = (),
    is_day_off: IsDayOff | None = None,
) -> list[Target]:
    """Targets of a schedule for the anchors that are known, by date.

    Clocks with an end are given whole, open-ended ones up to the horizon (inclusive). What falls
    within ``schedule.merge_days`` after the first of a group becomes one visit on that first day,
    so that two visits are always further apart than that.

    Args:
        later_courses: first and last day of the second and each further course of radiotherapy.
        is_day_off: of the centre's country; used where the schedule moves targets to working days.
    """
    courses = [anchor_days]
    if schedule.second_course is not SecondCourse.CONTINUE:
        courses += [_of_radiotherapy(days) for days in later_courses]
    shift = is_day_off if schedule.working_days is not WorkingDays.OFF else None
    return list(_targets(schedule, tuple(tuple(days.items()) for days in courses), horizon, shift))


@lru_cache(maxsize=16_384)
def _targets(
    schedule: Schedule,
    courses: tuple[tuple[tuple[TimePoint, dt.date], ...], ...],
    horizon: dt.date,
    is_day_off: IsDayOff | None,
) -> tuple[Target, ...]:
    """Kept, since in a large registry many patients count from the same day."""
    # A little beyond the horizon, or a visit would gain an item as the horizon moves over it.
    edge = horizon + dt.timedelta(days=schedule.merge_days)
    known = [dict(days) for days in courses]
    live: list[_Placed] = []
    replaced: dict[dt.date, list[_Placed]] = {}
    for number, days in enumerate(known, start=1):
        restart = _restart(schedule, known, number)
        for placed in _placed(schedule, days, number, edge, is_day_off):
            if restart and placed.slot.anchor in RADIOTHERAPY and placed.day >= restart:
                replaced.setdefault(restart, []).append(placed)
            else:
                live.append(placed)
    targets = [_merged(group, None) for group in _groups(live, schedule.merge_days, horizon)]
    if replaced:
        for restart, gone in replaced.items():
            note = Note(NoteCode.RESTARTED, on=restart)
            targets += [_merged(each, note) for each in _groups(gone, schedule.merge_days, horizon)]
        targets.sort(key=lambda target: (target.day, target.key))
    return tuple(targets)


def forget_targets() -> None:
    """Free the targets that were kept: on another day, with another horizon, none is of use."""
    _targets.cache_clear()


def course_prefix(anchor: TimePoint, course: int) -> str:
    """How the keys of the visits begin that count from a course: "last_rt_day-2" for the second."""
    return anchor if course == 1 else f"{anchor}-{course}"


def course_of(key: str) -> int:
    """The number of the course that a visit of that key counts from."""
    prefix = key.rpartition("-")[0]
    number = prefix.rpartition("-")[2]
    return int(number) if number.isdecimal() else 1


def _of_radiotherapy(days: AnchorDays) -> AnchorDays:
    return {point: days[point] for point in RADIOTHERAPY if point in days}


def _restart(schedule: Schedule, courses: Sequence[AnchorDays], number: int) -> dt.date | None:
    """The day from which visits count from a later course than this one."""
    if schedule.second_course is not SecondCourse.RESTART:
        return None
    begun = [day for days in courses[number:] if (day := min(days.values(), default=None))]
    return min(begun, default=None)


def _placed(
    schedule: Schedule,
    days: AnchorDays,
    course: int,
    edge: dt.date,
    is_day_off: IsDayOff | None,
) -> Iterator[_Placed]:
    for anchor, anchor_day in days.items():
        for slot in _slots(schedule, anchor, months_between(anchor_day, edge)):
            nominal = slot.offset.after(anchor_day)
            day = nominal
            if is_day_off is not None and is_day_off(nominal):
                day = _working_day(nominal, slot.window, schedule.working_days, is_day_off)
            yield _Placed(day, nominal, anchor_day, course, slot, (course, slot.rank))


def _working_day(
    nominal: dt.date, window: Window, rule: WorkingDays, is_day_off: IsDayOff
) -> dt.date:
    """The working day that a day off gives way to: inside of the window wherever there is one."""
    later, earlier = nominal, nominal
    while is_day_off(later):
        later += _DAY
    while is_day_off(earlier):
        earlier -= _DAY
    earlier_fits = earlier >= window.before.before(nominal)
    if later > window.after.after(nominal) and earlier_fits:
        return earlier
    is_nearer = nominal - earlier < later - nominal
    return earlier if rule is WorkingDays.NEAREST and is_nearer and earlier_fits else later


def _groups(placed: list[_Placed], merge_days: int, horizon: dt.date) -> list[list[_Placed]]:
    """What becomes one visit each, by date."""
    placed.sort(key=lambda item: (item.day, item.rank))
    groups: list[list[_Placed]] = []
    until = dt.date.min
    for item in placed:
        if groups and item.day <= until:
            groups[-1].append(item)
        else:
            groups.append([item])
            until = item.day + dt.timedelta(days=merge_days)
    return [
        group
        for group in groups
        if group[0].day <= horizon or not all(item.slot.is_open_ended for item in group)
    ]


def _merged(group: list[_Placed], closed: Note | None) -> Target:
    day = group[0].day
    if len(group) == 1:
        (leader,) = group
        items = leader.slot.items  # as it is: thousands of targets share one set
        start, end = _window(leader)
    else:
        # The name is that of the smallest offset, whichever day comes first: day 90 and month 3
        # change places with the length of the months, the visit's key must not.
        leader = min(group, key=lambda item: item.rank)
        items = frozenset[Item]().union(*(item.slot.items for item in group))
        # The narrowest window satisfies all members.
        starts, ends = zip(*map(_window, group), strict=True)
        start, end = max(starts), min(ends)
    slot = leader.slot
    return Target(
        key=f"{course_prefix(slot.anchor, leader.course)}-{slot.offset.code}",
        anchor=slot.anchor,
        anchor_day=leader.anchor_day,
        offset=slot.offset,
        day=day,
        window_start=min(start, day),
        window_end=max(end, day),
        requirements=items,
        closed=closed,
    )


def _window(placed: _Placed) -> tuple[dt.date, dt.date]:
    """First and last day in time, as the protocol says it of the nominal day."""
    window = placed.slot.window
    return window.before.before(placed.nominal), window.after.after(placed.nominal)


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
                    anchor,
                    offset,
                    frozenset(clock.items),
                    segment.window,
                    segment.last is None,
                    (offset.nominal_days, anchor, offset.code),
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
        one.rank,
    )
