"""When reports are due: pure functions of days and counts.

Nothing is queued for later: what is due is a question about today. Of several occasions that have
passed unnoticed only the latest one is made up for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from analytics.models import Rhythm
from registry.protocols.calendar import add_months

ONE_DAY = dt.timedelta(days=1)
ENROLLED = "enrolled-"
"""Keys of occasions of ENROLMENTS begin so, and go on with the number of patients."""

IsDayOff = Callable[[dt.date], bool]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something to report for: a key that is unique within a schedule, and its day."""

    key: str
    day: dt.date


@dataclass(frozen=True, slots=True)
class Standing:
    """How a schedule stands today.

    Attributes:
        since: the day on which it was made: what was due up to then is not made up for.
        enrolled_before: patients in the study then, or so many as it was due for since.
        enrolled: patients in the study now.
        cuts: snapshots that people have frozen since, as (number, day), ascending.
    """

    since: dt.date
    today: dt.date
    enrolled_before: int = 0
    enrolled: int = 0
    cuts: Sequence[tuple[int, dt.date]] = ()


def latest_due(
    rhythm: Rhythm,
    standing: Standing,
    *,
    every: int | None = None,
    meetings: Sequence[dt.date] = (),
    is_day_off: IsDayOff,
) -> Occasion | None:
    """The latest occasion that has come, None where there was none yet.

    Args:
        every: of ENROLMENTS, how many more patients, counted over the whole study: each 25th is
            the 25th, 50th …; of MEETINGS, days before each.
    """
    today = standing.today
    if rhythm in (Rhythm.MONTHLY, Rhythm.QUARTERLY):
        passed = _periods(rhythm, standing.since, is_day_off, until=today)
        return max((one for one in passed if one.day <= today), key=_day, default=None)
    if rhythm == Rhythm.ENROLMENTS:
        assert every
        reached = standing.enrolled // every
        if reached <= standing.enrolled_before // every:
            return None
        return Occasion(f"{ENROLLED}{reached * every}", today)
    if rhythm == Rhythm.MEETINGS:
        ahead = dt.timedelta(days=every or 0)
        # A meeting that is over needs no report any more; one named late is not too late.
        coming = [day for day in meetings if day - ahead <= today <= day]
        return max(
            (Occasion(f"meeting-{day.isoformat()}", day - ahead) for day in coming),
            key=_day,
            default=None,
        )
    if not standing.cuts:
        return None
    number, day = standing.cuts[-1]
    return Occasion(f"snapshot-{number}", day)


def next_day(
    rhythm: Rhythm,
    standing: Standing,
    *,
    every: int | None = None,
    meetings: Sequence[dt.date] = (),
    is_day_off: IsDayOff,
) -> dt.date | None:
    """The next day after today on which a report is due; None where no day can be named."""
    if rhythm in (Rhythm.MONTHLY, Rhythm.QUARTERLY):
        coming = _periods(rhythm, standing.today, is_day_off, until=add_months(standing.today, 6))
        return next(one.day for one in coming)
    if rhythm == Rhythm.MEETINGS:
        ahead = dt.timedelta(days=every or 0)
        return min((day - ahead for day in meetings if day - ahead > standing.today), default=None)
    return None


def _day(occasion: Occasion) -> dt.date:
    return occasion.day


def _periods(
    rhythm: Rhythm, since: dt.date, is_day_off: IsDayOff, *, until: dt.date
) -> Iterator[Occasion]:
    """First working days after ``since`` of the months or quarters that begin up to ``until``."""
    months = 1 if rhythm == Rhythm.MONTHLY else 3
    start = dt.date(since.year, since.month - (since.month - 1) % months, 1)
    while start <= until:
        day = start
        while is_day_off(day):
            day += ONE_DAY
        if day > since:
            yield Occasion(_name(rhythm, start), day)
        start = add_months(start, months)


def _name(rhythm: Rhythm, start: dt.date) -> str:
    if rhythm == Rhythm.MONTHLY:
        return f"{start:%Y-%m}"
    return f"{start.year}-Q{(start.month + 2) // 3}"
