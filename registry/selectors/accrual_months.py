"""Enrolments of a study month by month at each centre, against what was planned."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Max
from django.db.models.functions import Substr

from registry.models import Centre, Enrolment, Study
from registry.partial_date import PartialDate
from registry.protocols.calendar import add_months

_LENGTH_OF_MONTH = 7
"""Signs of "2024-05"."""


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    month: int

    @classmethod
    def of(cls, day: dt.date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> dt.date:
        """The first day of the month."""
        return dt.date(self.year, self.month, 1)

    def later(self, months: int) -> Month:
        """The month that lies so many months later, or earlier when negative."""
        return Month.of(add_months(self.first_day, months))


@dataclass(frozen=True)
class Plan:
    """What a centre undertook; each part is None where nobody said.

    Attributes:
        target: patients in all.
        per_month: patients a month from ``activated_on`` on.
    """

    target: int | None = None
    per_month: Decimal | None = None
    activated_on: dt.date | None = None

    def by(self, day: dt.date) -> Decimal | None:
        """Patients that were to be enrolled before that day; None without activation and rate.

        Whole calendar months since the activation count fully, the running one by its days. It
        never exceeds the target.
        """
        if self.per_month is None or self.activated_on is None:
            return None
        planned = self.per_month * months_passed(self.activated_on, day)
        return planned if self.target is None else min(planned, Decimal(self.target))


def months_passed(start: dt.date, end: dt.date) -> Decimal:
    """Whole calendar months from one day to another, and the days of the last as its share."""
    if end <= start:
        return Decimal(0)
    whole = (end.year - start.year) * 12 + end.month - start.month
    if add_months(start, whole) > end:
        whole -= 1
    since, until = add_months(start, whole), add_months(start, whole + 1)
    return whole + Decimal((end - since).days) / Decimal((until - since).days)


@dataclass
class CentreMonths:
    """Enrolments of one centre in one study.

    Attributes:
        by_month: enrolments of which the month is known.
        unknown: enrolments known to the year only, or without any date.
        last: the latest enrolment, at the precision it is known to.
    """

    centre: Centre
    plan: Plan = field(default_factory=Plan)
    by_month: dict[Month, int] = field(default_factory=dict)
    unknown: int = 0
    last: PartialDate | None = None

    @property
    def enrolled(self) -> int:
        """All enrolments, whatever is known of their dates."""
        return sum(self.by_month.values()) + self.unknown

    def in_months(self, first: Month, last: Month) -> int:
        """Enrolments of these months, both included."""
        return sum(count for month, count in self.by_month.items() if first <= month <= last)


def monthly_accrual(study: Study) -> list[CentreMonths]:
    """Every centre of the study in three queries, for readers of the whole study.

    A patient counts at the centre that has the patient today. A centre that takes no part any more
    is listed while it has patients of the study.
    """
    counted = _counted(study)
    plans = {
        part.centre_id: Plan(part.target_accrual, part.planned_per_month, part.activated_on)
        for part in study.participations.all()
    }
    centres = Centre.objects.filter(pk__in=plans.keys() | counted.keys()).order_by("code")
    rows = []
    for centre in centres:
        row = CentreMonths(centre, plans.get(centre.pk, Plan()))
        for text, count, last in counted.get(centre.pk, ()):
            if text is not None and len(text) == _LENGTH_OF_MONTH:
                row.by_month[Month(int(text[:4]), int(text[5:]))] = count
            else:
                row.unknown += count
            row.last = max(row.last, last) if row.last and last else row.last or last
        rows.append(row)
    return rows


def _counted(study: Study) -> dict[int, list[tuple[str | None, int, PartialDate | None]]]:
    """By centre: month as text, enrolments, the latest of them."""
    enrolments = Enrolment.objects.live().filter(study=study, patient__voided_at__isnull=True)
    found = defaultdict(list)
    rows = (
        enrolments.order_by()
        .values_list("patient__centre", Substr("enrolled_on", 1, _LENGTH_OF_MONTH))
        .annotate(count=Count("pk"), last=Max("enrolled_on"))
    )
    for centre, text, count, last in rows:
        found[centre].append((text, count, last))
    return dict(found)


def planned_by(plans: Iterable[Plan], day: dt.date) -> Decimal | None:
    """What several centres were to enrol by a day; None when none of them said."""
    known = [planned for plan in plans if (planned := plan.by(day)) is not None]
    return sum(known, Decimal(0)) if known else None


def months_shown(rows: Iterable[CentreMonths], today: dt.date) -> list[Month]:
    """From the first enrolment, or the first day of a plan, to today or the last enrolment."""
    rows = list(rows)
    starts = [month for row in rows for month in row.by_month]
    plans = (row.plan for row in rows if row.plan.per_month is not None)
    starts += [Month.of(plan.activated_on) for plan in plans if plan.activated_on]
    now = Month.of(today)
    month, last = min([now, *starts]), max([now, *(m for row in rows for m in row.by_month)])
    months = []
    while month <= last:
        months.append(month)
        month = month.later(1)
    return months
