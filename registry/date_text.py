"""Days, months and moments in figures, for tables: "2024-05-31" in English, else by the language.

In sentences the month is a word: ``day_text`` in ``registry/templatetags/values.py``.
"""

from __future__ import annotations

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import pgettext

from registry.partial_date import PartialDate


def day_in_table(value: PartialDate | dt.date | str) -> str:
    """A date, or its ISO text, at the precision it is known to: "2024-05-31", "2024-05", "2024"."""
    return written(
        value,
        day=pgettext("date format in a table", "Y-m-d"),
        month=pgettext("date format of a month in a table", "Y-m"),
    )


def written(value: PartialDate | dt.date | str, *, day: str, month: str) -> str:
    """A date in these formats of Django, as far as it is known; of a year alone the year."""
    known = PartialDate.of(value)
    form = {"day": day, "month": month, "year": "Y"}[known.precision]
    return date_format(known.earliest, form, use_l10n=False)


def month_in_table(day: dt.date) -> str:
    """The month that a day lies in: "2024-05"."""
    return day_in_table(PartialDate(day.year, day.month))


def moment_in_table(moment: dt.datetime) -> str:
    """A point in time to the minute, in its own zone: "2024-05-31 14:05"."""
    return date_format(moment, pgettext("moment in a table", "Y-m-d H:i"), use_l10n=False)
