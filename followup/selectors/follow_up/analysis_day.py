"""The day that stands for a partial date, worked out by the database.

One rule in two places: :func:`registry.partial_date.analysis_date` says it for one date, this for
a column of a million; a test compares them.
"""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Case, CharField, ExpressionWrapper, F, Value, When
from django.db.models.functions import Concat, Length
from django.db.models.lookups import Exact

from registry.partial_date import PartialDate, analysis_date

YEAR, MONTH, DAY = 4, 7, 10
"""Signs of "2024", of "2024-05" and of "2024-05-17"."""


def day_text(column: str) -> ExpressionWrapper:
    """A column of dates as the ISO texts that are stored, at the precision that is known."""
    return ExpressionWrapper(F(column), output_field=CharField())


def analysis_day(column: str) -> Case:
    """A column of dates as ISO texts of days: a month is its 15th, a year its 1 July."""
    length = Length(column)
    return Case(
        When(Exact(length, DAY), then=day_text(column)),  # first: so are nearly all
        When(Exact(length, MONTH), then=Concat(day_text(column), Value("-15"))),
        When(Exact(length, YEAR), then=Concat(day_text(column), Value("-07-01"))),
        default=Value(None),
        output_field=CharField(),
    )


@lru_cache(maxsize=65_536)
def ordinal(text: str) -> int:
    """The day that stands for a date of any precision, as ``date.toordinal()``.

    It is the same object for the same date, however many patients have it.

    Raises:
        ValueError: the text is no date.
    """
    return ordinal_of(PartialDate.parse(text))


def ordinal_of(date: PartialDate) -> int:
    """The same of a date that is read already."""
    return analysis_date(date)[0].toordinal()
