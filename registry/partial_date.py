"""Calendar dates that may be known only to the month or the year.

Stored and exchanged as ISO 8601 with reduced precision ("2021", "2021-03", "2021-03-14"), the form
that CDISC SDTM uses for its --DTC variables. No day is ever invented for storage; the one rule that
turns a partial date into a day for analysis is :func:`analysis_date`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import total_ordering
from typing import Literal, Self

Precision = Literal["year", "month", "day"]

FIRST_YEAR = 1880
LAST_YEAR = 2199

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True, eq=True)
class PartialDate:
    """A date known to the year, the month or the day.

    Raises:
        ValueError: when the parts name no date of the calendar (month 13, 30 February, year 1).
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise ValueError(f"year {self.year} is outside {FIRST_YEAR}–{LAST_YEAR}")
        if self.month is None:
            if self.day is not None:
                raise ValueError("a day without a month is not a date")
            return
        if not 1 <= self.month <= 12:
            raise ValueError(f"month {self.month} is not between 1 and 12")
        last = calendar.monthrange(self.year, self.month)[1]
        if self.day is not None and not 1 <= self.day <= last:
            raise ValueError(f"{self.year:04d}-{self.month:02d} has no day {self.day}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "YYYY", "YYYY-MM" or "YYYY-MM-DD".

        Raises:
            ValueError: naming the text and what is wrong with it.
        """
        match = _ISO.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"“{text}” is not a date: write YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        try:
            return cls(year, month, day)
        except ValueError as error:
            raise ValueError(f"“{text}” is not a date: {error}") from None

    @classmethod
    def of(cls, value: PartialDate | dt.date | str) -> PartialDate:
        """The partial date that a date, an ISO text or a partial date stands for."""
        if isinstance(value, PartialDate):
            return value
        if isinstance(value, dt.date):
            return cls(value.year, value.month, value.day)
        return cls.parse(value)

    def __str__(self) -> str:
        parts = [f"{self.year:04d}"]
        if self.month is not None:
            parts.append(f"{self.month:02d}")
        if self.day is not None:
            parts.append(f"{self.day:02d}")
        return "-".join(parts)

    def __lt__(self, other: object) -> bool:
        """Order for sorting: by the earliest possible day, the less precise first."""
        if not isinstance(other, PartialDate):
            return NotImplemented
        return str(self) < str(other)

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        if self.month is None:
            return "year"
        return "month" if self.day is None else "day"

    @property
    def is_complete(self) -> bool:
        """True when the day is known."""
        return self.day is not None

    @property
    def earliest(self) -> dt.date:
        """First day that the date may stand for."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date:
        """Last day that the date may stand for."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def to_date(self) -> dt.date:
        """The day itself.

        Raises:
            ValueError: when only the month or the year is known.
        """
        if self.day is None:
            raise ValueError(f"{self} is known only to the {self.precision}")
        return self.earliest

    def before(self, other: PartialDate) -> bool:
        """True only when this date is certainly earlier, whatever the unknown parts are."""
        return self.latest < other.earliest


def analysis_date(value: PartialDate) -> tuple[dt.date, str]:
    """The day used in analyses, and which part of it was imputed.

    A known day is used as it is (flag ""). A month stands for its 15th (flag "D"), a year for
    1 July (flag "M"): the middle of what is possible, so that neither early nor late dates are
    favoured. The flags are those of CDISC ADaM's date imputation variables (--DTF).
    """
    if value.month is None:
        return dt.date(value.year, 7, 1), "M"
    if value.day is None:
        return dt.date(value.year, value.month, 15), "D"
    return value.earliest, ""
