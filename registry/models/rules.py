"""Database rules that tables share, written once: codes, ISO dates, order of dates, ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import CheckConstraint, Choices, F, Q, UniqueConstraint
from django.db.models.functions import Least, Length, Substr
from django.db.models.lookups import GreaterThanOrEqual

_YEAR = "(18[89][0-9]|19[0-9][0-9]|2[01][0-9][0-9])"
_LEAP_YEAR = "((18|19|20|21)(0[48]|[2468][048]|[13579][26])|2000)"
_MONTH_DAY = (
    "((0[13578]|1[02])(-(0[1-9]|[12][0-9]|3[01]))?"
    "|(0[469]|11)(-(0[1-9]|[12][0-9]|30))?"
    "|02(-(0[1-9]|1[0-9]|2[0-8]))?)"
)
ISO_DATE_PATTERN = f"^({_YEAR}(-{_MONTH_DAY})?|{_LEAP_YEAR}-02-29)$"
"""A date of the calendar from 1880 to 2199, known to the year, the month or the day."""


def iso_date(table: str, field: str) -> CheckConstraint:
    """The column holds an ISO date of reduced precision that exists in the calendar."""
    return CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__regex": ISO_DATE_PATTERN}),
        name=f"{table}_{field}_is_a_date",
    )


def not_before(table: str, later: str, earlier: str) -> CheckConstraint:
    """``later`` is not before ``earlier``, compared at the precision that both have.

    "2021" is not before "2021-03-14": it may be the same day or later.
    """
    common = Least(Length(F(later)), Length(F(earlier)))
    return CheckConstraint(
        condition=Q(**{f"{later}__isnull": True})
        | Q(**{f"{earlier}__isnull": True})
        | Q(GreaterThanOrEqual(Substr(F(later), 1, common), Substr(F(earlier), 1, common))),
        name=f"{table}_{later}_not_before_{earlier}",
    )


def coded(table: str, field: str, choices: type[Choices]) -> CheckConstraint:
    """The column holds a code of the list, or nothing."""
    values = list(choices.values)
    empty = Q(**{field: ""}) if isinstance(values[0], str) else Q(**{f"{field}__isnull": True})
    return CheckConstraint(
        condition=empty | Q(**{f"{field}__in": values}), name=f"{table}_{field}_is_a_code"
    )


def within(table: str, field: str, low: float, high: float) -> CheckConstraint:
    """The number lies between ``low`` and ``high``, both included, or is missing."""
    return CheckConstraint(
        condition=Q(**{f"{field}__isnull": True})
        | Q(**{f"{field}__gte": low, f"{field}__lte": high}),
        name=f"{table}_{field}_in_range",
    )


def positive(table: str, field: str) -> CheckConstraint:
    """The number is above zero, or missing."""
    return CheckConstraint(
        condition=Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gt": 0}),
        name=f"{table}_{field}_above_zero",
    )


def numbered(table: str, parent: str = "patient") -> UniqueConstraint:
    """Rows of one parent carry different numbers."""
    return UniqueConstraint(fields=[parent, "number"], name=f"{table}_number_unique")


def row_rules(
    table: str,
    *,
    dates: Sequence[str] = (),
    order: Sequence[tuple[str, str]] = (),
    codes: Mapping[str, type[Choices]] | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    above_zero: Sequence[str] = (),
) -> list[CheckConstraint]:
    """The check constraints of one table.

    ``order`` holds pairs (earlier, later) of date columns; ``ranges`` inclusive limits.
    """
    return [
        *(iso_date(table, field) for field in dates),
        *(not_before(table, later, earlier) for earlier, later in order),
        *(coded(table, field, choices) for field, choices in (codes or {}).items()),
        *(within(table, field, *limits) for field, limits in (ranges or {}).items()),
        *(positive(table, field) for field in above_zero),
    ]
