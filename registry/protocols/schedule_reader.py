"""Reading and checking the follow-up schedule of a protocol file."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise

from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.schedule import Clock, Schedule, Segment, Step, Thinning, Window
from registry.protocols.section import LARGEST, Section
from registry.protocols.vocabulary import (
    ALWAYS_END,
    EndKind,
    Item,
    SecondCourse,
    TimePoint,
    WorkingDays,
)

_CLOCK_ITEMS = (
    Item.CLINIC,
    Item.TOXICITY,
    Item.LOCAL_IMAGING,
    Item.SYSTEMIC_IMAGING,
    Item.VITAL_STATUS,
)
_MOST_MONTHS = 1200
_LONGEST = {OffsetUnit.MONTHS: _MOST_MONTHS, OffsetUnit.DAYS: LARGEST}
_STEP_EVENTS = (TimePoint.SURGERY, TimePoint.FIRST_RT_DAY)


def read_schedule(section: Section) -> Schedule:
    """The schedule of a protocol.

    Raises:
        ProtocolError: naming file, key path and reason.
    """
    merge_days = section.whole("merge_days", at_least=0)
    ends_on = section.words("ends_on", EndKind)
    if EndKind.DEATH not in ends_on:
        section.refuse("ends_on", "must name death: nobody is expected after it")
    for kind in (EndKind.WITHDRAWAL_ALL, EndKind.STUDY_END):
        if kind in ends_on:
            section.refuse("ends_on", f"{kind} ends every schedule: it is not named")
    clocks = tuple(_clock(name, part) for name, part in section.named_sections("clocks"))
    if not clocks:
        section.refuse("clocks", "is missing: a schedule has at least one clock")
    for clock in clocks:
        gap = min(
            (later - earlier for earlier, later in pairwise(_nominal_days(clock))),
            default=float("inf"),
        )
        if merge_days >= gap:
            section.refuse(
                "merge_days",
                f"{merge_days} days would merge visits of the clock {clock.name}, "
                f"which are {gap:.0f} days apart",
            )
    steps = tuple(_step(name, part) for name, part in section.named_sections("steps"))
    schedule = Schedule(
        clocks,
        steps,
        merge_days,
        frozenset(ends_on),
        thinned=tuple(
            (_thinning_event(name, section, ends_on), _thinning(part))
            for name, part in section.named_sections("thinned")
        ),
        second_course=(
            section.word("second_course", SecondCourse)
            if section.has("second_course")
            else SecondCourse.CONTINUE
        ),
        working_days=(
            section.word("working_days", WorkingDays)
            if section.has("working_days")
            else WorkingDays.OFF
        ),
    )
    section.close()
    return schedule


def _thinning_event(name: str, section: Section, ends_on: Collection[EndKind]) -> EndKind:
    key = f"thinned.{name}"
    possible = [kind for kind in EndKind if kind not in ALWAYS_END]
    if name not in possible:
        section.refuse(key, f"must be one of {', '.join(possible)}")
    if name in ends_on:
        section.refuse(key, f"ends_on names {name} already: nothing is left to thin")
    return EndKind(name)


def _thinning(section: Section) -> Thinning:
    items = section.words("items", Item)
    _check_clock_items(items, section)
    every = None
    if section.has("every_months"):
        every = section.whole("every_months", at_least=1, at_most=_MOST_MONTHS)
    section.close()
    return Thinning(frozenset(items), every)


def _check_clock_items(items: Iterable[Item], section: Section) -> None:
    for item in items:
        if item not in _CLOCK_ITEMS:
            section.refuse("items", f"{item} is a treatment step, not a part of a visit")


def _clock(name: str, section: Section) -> Clock:
    items = section.words("items", Item)
    _check_clock_items(items, section)
    anchor = section.word("anchor", TimePoint)
    segments: list[Segment] = []
    for part in section.sections("segments"):
        for segment in _segments(part):
            if segments:
                _check_follows(segments[-1], segment, part)
            segments.append(segment)
    section.close()
    return Clock(name, items, anchor, tuple(segments))


def _segments(section: Section) -> list[Segment]:
    """Segments of one table: stated months or days one by one, or a regular run."""
    window = _window(section.section("window"))
    stated = [unit for unit in OffsetUnit if section.has(unit.value)]
    if len(stated) > 1:
        section.refuse("", "names both days and months")
    if stated:
        unit = stated[0]
        numbers = section.wholes(unit.value, at_least=1, at_most=_LONGEST[unit])
        section.close()
        segments = [Segment(unit, number, number, 1, window) for number in numbers]
    else:
        segments = [_run(section, window)]
    for earlier, later in pairwise(segments):
        _check_follows(earlier, later, section)
    return segments


def _run(section: Section, window: Window) -> Segment:
    every = section.whole("every_months", at_least=1, at_most=_MOST_MONTHS)
    first = section.whole("first_month", at_least=1, at_most=_MOST_MONTHS)
    last = (
        section.whole("last_month", at_least=first, at_most=_MOST_MONTHS)
        if section.has("last_month")
        else None
    )
    if last is not None and (last - first) % every:
        section.refuse("last_month", f"{last} is not reached from {first} in steps of {every}")
    section.close()
    segment = Segment(OffsetUnit.MONTHS, first, last, every, window)
    step = Offset(every, OffsetUnit.MONTHS).nominal_days
    if (last is None or last > first) and _width(window) >= step:
        section.refuse("window", "is so wide that the windows of following visits overlap")
    return segment


def _check_follows(earlier: Segment, later: Segment, section: Section) -> None:
    if earlier.last is None:
        section.refuse("", "follows a segment without an end: give that one a last_month")
    end = Offset(earlier.last, earlier.unit).nominal_days
    start = Offset(later.first, later.unit).nominal_days
    if start <= end:
        section.refuse(
            "",
            f"overlaps the segment before it: starts at {later.unit} {later.first}, "
            f"while that one runs to {earlier.unit} {earlier.last}",
        )
    if end + earlier.window.after.nominal_days >= start - later.window.before.nominal_days:
        section.refuse("window", "overlaps the window of the visit before")


def _window(section: Section) -> Window:
    before = _window_side(section, "before")
    after = _window_side(section, "after")
    section.close()
    return Window(before, after)


def _window_side(section: Section, side: str) -> Offset:
    in_days, in_months = section.has(f"{side}_days"), section.has(f"{side}_months")
    if in_days and in_months:
        section.refuse(f"{side}_days", f"stands beside {side}_months: give one of them")
    if in_months:
        months = section.whole(f"{side}_months", at_least=0, at_most=_MOST_MONTHS)
        return Offset(months, OffsetUnit.MONTHS)
    return Offset(section.whole(f"{side}_days", at_least=0), OffsetUnit.DAYS)


def _width(window: Window) -> float:
    return window.before.nominal_days + window.after.nominal_days


def _step(name: str, section: Section) -> Step:
    event = section.word("event", TimePoint)
    if event not in _STEP_EVENTS:
        section.refuse("event", f"must be one of {', '.join(_STEP_EVENTS)}, found {event.value!r}")
    anchor = section.word("anchor", TimePoint)
    if anchor == event:
        section.refuse("anchor", "is the event itself")
    from_days = section.whole("from_days", at_least=0)
    until_days = section.whole("until_days", at_least=0)
    if until_days < from_days:
        section.refuse("until_days", f"{until_days} lies before from_days {from_days}")
    text = section.text("text")
    section.close()
    return Step(name, event, anchor, from_days, until_days, text)


def _nominal_days(clock: Clock) -> list[float]:
    return [
        offset.nominal_days
        for segment in clock.segments
        for offset in segment.offsets(segment.first + segment.every)
    ]
