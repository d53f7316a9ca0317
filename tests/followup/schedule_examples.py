"""Small schedules and events that the tests of the schedule engine share."""

import datetime as dt
from typing import Any

from followup.schedules import (
    Contact,
    Ending,
    Event,
    ExpectedVisit,
    Override,
    VisitStatus,
    expected_visits,
)
from registry.partial_date import PartialDate
from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.schedule import Clock, Schedule, Segment, Window
from registry.protocols.vocabulary import EndKind, Item, TimePoint

TWO_WEEKS = Window(Offset(14, OffsetUnit.DAYS), Offset(14, OffsetUnit.DAYS))
CLINIC = (Item.CLINIC,)
IMAGING = (Item.LOCAL_IMAGING,)
ANCHOR = dt.date(2024, 1, 15)
EVERY_END = frozenset(EndKind)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def clock(
    *items: Item,
    every: int = 3,
    first: int = 3,
    last: int | None = 12,
    anchor: TimePoint = TimePoint.LAST_RT_DAY,
) -> Clock:
    """Items every so many months, windows of 14 days."""
    segment = Segment(OffsetUnit.MONTHS, first, last, every, TWO_WEEKS)
    return Clock("-".join(items), items, anchor, (segment,))


def schedule(*clocks: Clock, merge_days: int = 14) -> Schedule:
    """Without steps; everything ends it."""
    return Schedule(clocks, (), merge_days, EVERY_END)


# Month 3: 15 April (1–29 April), 6: 15 July (1–29 July), 9: 15 October, 12: 15 January 2025.
QUARTERLY = schedule(clock(Item.CLINIC, Item.LOCAL_IMAGING))


def clinic(text: str, id: int = 1) -> Contact:
    return Contact(day(text), frozenset(CLINIC), id)


def imaging(text: str, id: int = 2) -> Contact:
    return Contact(day(text), frozenset(IMAGING), id)


def both(text: str, id: int = 3) -> Contact:
    return Contact(day(text), frozenset(CLINIC + IMAGING), id)


def ending(kind: EndKind, on: str) -> Ending:
    return Ending(kind, PartialDate.parse(on))


def visits(
    *events: Event,
    today: str,
    overrides: tuple[Override, ...] = (),
    of: Schedule = QUARTERLY,
    **more: Any,
) -> dict[str, ExpectedVisit]:
    """Visits of a schedule from 15 January 2024, by short key ("m03", "2-m03" of a second course).

    ``more`` goes to :func:`expected_visits`.
    """
    anchors = {TimePoint.LAST_RT_DAY: ANCHOR}
    found = expected_visits(of, anchors, events, today=day(today), overrides=overrides, **more)
    return {visit.key.removeprefix("last_rt_day-"): visit for visit in found}


def live(found: dict[str, ExpectedVisit]) -> dict[str, str]:
    """Target dates of the visits that are not cancelled."""
    return {
        key: str(visit.target)
        for key, visit in found.items()
        if visit.status is not VisitStatus.CANCELLED
    }
