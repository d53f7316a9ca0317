"""What a protocol says about follow-up: clocks, windows, treatment steps, ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.vocabulary import (
    ALWAYS_END,
    EndKind,
    Item,
    SecondCourse,
    TimePoint,
    WorkingDays,
)


@dataclass(frozen=True, slots=True)
class Window:
    """How much earlier and later than its target a visit still counts as in time."""

    before: Offset
    after: Offset

    def narrowed(self, other: Window) -> Window:
        """The window that satisfies both."""
        return Window(
            min(self.before, other.before, key=lambda offset: offset.nominal_days),
            min(self.after, other.after, key=lambda offset: offset.nominal_days),
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Targets at ``first``, ``first + every``, … up to ``last`` (None: open ended)."""

    unit: OffsetUnit
    first: int
    last: int | None
    every: int
    window: Window

    def offsets(self, until: int) -> Iterator[Offset]:
        """Offsets of the segment; an open end is followed up to ``until`` (in its unit)."""
        stop = until if self.last is None else self.last
        return (Offset(number, self.unit) for number in range(self.first, stop + 1, self.every))


@dataclass(frozen=True, slots=True)
class Clock:
    """Items that fall due together, counted from one anchor."""

    name: str
    items: tuple[Item, ...]
    anchor: TimePoint
    segments: tuple[Segment, ...]

    @property
    def is_open_ended(self) -> bool:
        """True when the clock runs as long as the patient is followed."""
        return self.segments[-1].last is None


@dataclass(frozen=True, slots=True)
class Step:
    """A treatment step expected within a stated time after another (a window to be tracked)."""

    name: str
    event: TimePoint
    anchor: TimePoint
    from_days: int
    until_days: int
    text: str

    @property
    def item(self) -> Item:
        """What is waited for."""
        return Item.SURGERY if self.event is TimePoint.SURGERY else Item.RADIOTHERAPY


@dataclass(frozen=True, slots=True)
class Thinning:
    """What is still asked for after an event, of the visits that lie after it.

    ``items`` stay where a visit asks for them; vital status is asked for in their place. With
    ``every_months`` only visits at multiples of that many months from the anchor stay.
    """

    items: frozenset[Item]
    every_months: int | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Separate clocks; targets at most ``merge_days`` apart become one visit."""

    clocks: tuple[Clock, ...]
    steps: tuple[Step, ...]
    merge_days: int
    ends_on: frozenset[EndKind]
    thinned: tuple[tuple[EndKind, Thinning], ...] = ()
    second_course: SecondCourse = SecondCourse.CONTINUE
    working_days: WorkingDays = WorkingDays.OFF

    def __hash__(self) -> int:
        # The generated one would walk all clocks at every look into a cache.
        return hash((self.merge_days, len(self.clocks), len(self.steps)))

    def is_ended_by(self, kind: EndKind) -> bool:
        """True when nobody is expected any more after such an event."""
        return kind in ALWAYS_END or kind in self.ends_on
