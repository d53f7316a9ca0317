"""Database rules that tables share, written once: codes, ISO dates, order of dates, ranges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import CheckConstraint, Choices, F, Q, UniqueConstraint
from django.db.models.functions import Least, Length, Substr
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext as _

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


@cache
def _codes(choices: type[Choices]) -> frozenset[Any]:
    return frozenset(choices.values)


@dataclass(frozen=True, kw_only=True)
class RowRules:
    """What single rows of a table must keep; held by the database and checked before writing.

    ``order`` holds pairs (earlier, later) of date columns; ``ranges`` inclusive limits.
    """

    table: str
    dates: Sequence[str] = ()
    order: Sequence[tuple[str, str]] = ()
    codes: Mapping[str, type[Choices]] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    above_zero: Sequence[str] = ()

    def constraints(self) -> list[CheckConstraint]:
        """The check constraints by which the database holds the rules."""
        return [
            *(iso_date(self.table, name) for name in self.dates),
            *(not_before(self.table, later, earlier) for earlier, later in self.order),
            *(coded(self.table, name, choices) for name, choices in self.codes.items()),
            *(within(self.table, name, *limits) for name, limits in self.ranges.items()),
            *(positive(self.table, name) for name in self.above_zero),
        ]

    def problems(self, row: Any) -> Iterator[tuple[str, str]]:
        """(field, message) for every rule that a row in memory breaks."""
        for earlier, later in self.order:
            first, last = getattr(row, earlier), getattr(row, later)
            if first is not None and last is not None and last.before(first):
                yield later, _("{later} is before {earlier}").format(later=last, earlier=first)
        for name, choices in self.codes.items():
            value = getattr(row, name)
            if value not in ("", None) and value not in _codes(choices):
                known = ", ".join(str(code) for code in choices.values)
                yield name, _("“{value}” is not one of {codes}").format(value=value, codes=known)
        for name, (low, high) in self.ranges.items():
            value = getattr(row, name)
            if value is not None and not low <= value <= high:
                yield (
                    name,
                    _("{value} is not between {low} and {high}").format(
                        value=value, low=low, high=high
                    ),
                )
        for name in self.above_zero:
            value = getattr(row, name)
            if value is not None and value <= 0:
                yield name, _("{value} is not above zero").format(value=value)
