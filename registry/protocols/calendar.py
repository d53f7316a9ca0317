"""Calendar months, counted from the anchor so that they do not drift."""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from enum import StrEnum

MEAN_MONTH_DAYS = 30.4375  # 365.25 / 12; for comparing days with months, never for dates


class OffsetUnit(StrEnum):
    """Units that a protocol counts in."""

    DAYS = "days"
    MONTHS = "months"


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month some months later (or earlier, when negative).

    Where that month is too short, its last day: 31 January + 1 month is 28 or 29 February.
    Counting always starts at the anchor, so 31 January + 2 months is 31 March again.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    month = month0 + 1
    if day.day <= 28:
        return dt.date(year, month, day.day)
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


def months_between(start: dt.date, end: dt.date) -> int:
    """Whole or begun calendar months from start to end, rounded up; 0 when end is not later."""
    months = (end.year - start.year) * 12 + end.month - start.month + (end.day > start.day)
    return max(0, months)


@dataclass(frozen=True, slots=True)
class Offset:
    """A number of days or of calendar months."""

    count: int
    unit: OffsetUnit

    def after(self, day: dt.date) -> dt.date:
        """The day that lies this much later."""
        return _shifted(day, self.count, self.unit)

    def before(self, day: dt.date) -> dt.date:
        """The day that lies this much earlier."""
        return _shifted(day, -self.count, self.unit)

    @property
    def nominal_days(self) -> float:
        """Length in days with months of mean length; orders offsets of different units."""
        return self.count * (MEAN_MONTH_DAYS if self.unit is OffsetUnit.MONTHS else 1.0)

    @property
    def code(self) -> str:
        """Short stable name: "m06" for six months, "d090" for ninety days."""
        if self.unit is OffsetUnit.MONTHS:
            return f"m{self.count:02d}"
        return f"d{self.count:03d}"


def _shifted(day: dt.date, count: int, unit: OffsetUnit) -> dt.date:
    return add_months(day, count) if unit is OffsetUnit.MONTHS else day + dt.timedelta(days=count)
