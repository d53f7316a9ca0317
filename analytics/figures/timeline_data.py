"""What a timeline is drawn from: one patient's events in lanes, with translated words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from analytics.figures.shapes import Shape
from registry.partial_date import PartialDate


@dataclass(frozen=True)
class TimelineEvent:
    """Something that happened, or is expected, on a day or over some time.

    Attributes:
        shape: what it is drawn as.
        start: when it happened or began; a partial date is drawn over all days it may stand for.
        end: when it ended; None for an event of one day, or an end that is not known.
        is_open: it began, and its end is not known: drawn with an arrow.
        window: first and last day on which it may be done, for visits that are expected.
        sign: one character inside the mark, such as the grade.
        is_severe: drawn filled and in the colour of alarm; ``words`` say why.
        text: a few words beside the mark; cut where there is no room.
        words: the whole event in words, for pointing at it.
    """

    shape: Shape
    start: PartialDate
    end: PartialDate | None = None
    is_open: bool = False
    window: tuple[dt.date, dt.date] | None = None
    sign: str = ""
    is_severe: bool = False
    text: str = ""
    words: str = ""

    @property
    def first_day(self) -> dt.date:
        """The earliest day that it may touch."""
        days: list[dt.date] = [self.start.earliest, *(self.window or ())]
        return min(days)

    @property
    def last_day(self) -> dt.date:
        """The latest day that it may touch."""
        days: list[dt.date] = [self.start.latest, *(self.window or ())]
        return max([*days, self.end.latest] if self.end else days)


@dataclass(frozen=True)
class Lane:
    """Events of one kind under their name."""

    name: str
    events: tuple[TimelineEvent, ...]


@dataclass(frozen=True)
class Tick:
    """A day on the axis with its number, and its date ("" where dates carry no meaning)."""

    day: dt.date
    label: str
    date: str = ""


@dataclass(frozen=True)
class TimelineData:
    """The lanes of one patient from top to bottom, and the day that time is counted from.

    ``today`` is None where the calendar is shifted, so that today means nothing.

    Raises:
        ValueError: there is no event to draw.
    """

    lanes: tuple[Lane, ...]
    origin: dt.date
    today: dt.date | None = None
    today_label: str = ""

    def __post_init__(self) -> None:
        if not any(lane.events for lane in self.lanes):
            raise ValueError("lanes hold no event: there is no timeline to draw")

    def events(self) -> Iterator[TimelineEvent]:
        """All events, lane by lane."""
        for lane in self.lanes:
            yield from lane.events

    @cached_property
    def first_day(self) -> dt.date:
        """The earliest day to be shown: of the events or the origin."""
        return min([self.origin, *(event.first_day for event in self.events())])

    @cached_property
    def last_day(self) -> dt.date:
        """The latest day to be shown: of the events or the origin."""
        return max([self.origin, *(event.last_day for event in self.events())])
