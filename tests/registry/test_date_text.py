"""Days, months and moments of tables: ISO in English, the language's own order in others."""

import datetime as dt

import pytest
from django.utils import translation

from registry.date_text import day_in_table, moment_in_table, month_in_table
from registry.partial_date import PartialDate

MOMENT = dt.datetime(2026, 3, 1, 14, 5, 59, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["2026-11-30", "2026-11", "2026", "2026-03", "2026-03-01 14:05"]),
        ("de", ["30.11.2026", "11/2026", "2026", "03/2026", "01.03.2026 14:05"]),
    ],
)
def test_a_table_has_the_order_of_the_language_at_the_precision_known(
    language: str, expected: list[str]
) -> None:
    with translation.override(language):
        written = [
            day_in_table(dt.date(2026, 11, 30)),
            day_in_table("2026-11"),
            day_in_table(PartialDate(2026)),
            month_in_table(dt.date(2026, 3, 9)),
            moment_in_table(MOMENT),
        ]
    assert written == expected
