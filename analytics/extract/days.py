"""Days of an analysis, made from dates that may be partial."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import NamedTuple

from registry.partial_date import PartialDate, analysis_date


class Day(NamedTuple):
    """The day that stands for a date in analyses.

    ``flag`` says what was imputed ("": nothing, "D": the day, "M": month and day, as in CDISC
    ADaM); ``earliest`` and ``latest`` are the first and last day that the date may stand for.
    """

    day: dt.date
    flag: str
    earliest: dt.date
    latest: dt.date

    def before(self, other: Day) -> bool:
        """True only when certainly earlier, whatever the unknown parts are."""
        return self.latest < other.earliest

    def within(self, first: dt.date | None, last: dt.date | None) -> Day:
        """This day, moved into ``first`` … ``last`` where it was imputed and the date allows it.

        A known day stays. A bound outside of what the date may stand for contradicts it and is not
        heeded. Where both bounds ask for a move, ``first`` prevails.
        """
        if not self.flag:
            return self
        day = self.day
        if last is not None and self.earliest <= last < day:
            day = last
        if first is not None and day < first <= self.latest:
            day = first
        return self._replace(day=day)


@lru_cache(maxsize=65_536)
def day_of(text: str) -> Day:
    """The day for an ISO text of reduced precision, as the database stores it.

    Raises:
        ValueError: the text is no date.
    """
    date = PartialDate.parse(text)
    day, flag = analysis_date(date)
    return Day(day, flag, date.earliest, date.latest)


def known_day(day: dt.date) -> Day:
    """A day that is not imputed."""
    return Day(day, "", day, day)
