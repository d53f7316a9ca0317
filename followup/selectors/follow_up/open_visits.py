"""What is still to be done: visits overdue by age, and what the coming months ask for."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When

from followup.models import ExpectedVisit, VisitState
from followup.selectors.follow_up.reach import Key, Reach
from followup.selectors.visits import current, overdue_on
from registry.protocols.vocabulary import Item
from registry.selectors.accrual_months import Month

MONTHS_AHEAD = 12

AGES: tuple[tuple[int, int | None], ...] = ((1, 7), (8, 30), (31, 60), (61, 180), (181, None))
"""Days since the window closed, from the first to the last of each group; None without an end."""

FORECAST_ITEMS = (Item.CLINIC, Item.TOXICITY, Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING)
"""What is foreseen; treatment steps are not."""


@dataclass(frozen=True)
class OpenVisits:
    """Open visits of a centre in a study.

    Attributes:
        overdue: visits in each group of :data:`AGES`.
        overdue_items: what they are to provide still.
        items: month → what its visits are to provide; a visit whose window is open and whose
            target lies in a past month counts in the running one.
        waiting: patients whose visits wait for a date to be counted from.
    """

    overdue: tuple[int, ...] = (0,) * len(AGES)
    overdue_items: Mapping[str, int] = field(default_factory=Counter)
    items: Mapping[Month, Mapping[str, int]] = field(default_factory=dict)
    waiting: int = 0

    def __add__(self, other: OpenVisits) -> OpenVisits:
        months = self.items.keys() | other.items.keys()
        return OpenVisits(
            tuple(one + more for one, more in zip(self.overdue, other.overdue, strict=True)),
            Counter(self.overdue_items) + Counter(other.overdue_items),
            {m: Counter(self.items.get(m)) + Counter(other.items.get(m)) for m in months},
            self.waiting + other.waiting,
        )

    @property
    def all_overdue(self) -> int:
        """Visits overdue, of any age."""
        return sum(self.overdue)


def months_ahead(today: dt.date) -> list[Month]:
    """The running month and the twelve after it."""
    return [Month.of(today).later(number) for number in range(MONTHS_AHEAD + 1)]


def open_visits(reach: Reach, today: dt.date) -> dict[Key, OpenVisits]:
    """The open visits of each study and centre in reach, in one query."""
    overdue: dict[Key, list[int]] = defaultdict(lambda: [0] * len(AGES))
    overdue_items: dict[Key, Counter[str]] = defaultdict(Counter)
    items: dict[Key, dict[Month, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    waiting: Counter[Key] = Counter()
    now = Month.of(today)
    for study, centre, age, target, outstanding, visits, patients in _counted(reach, today):
        key = study, centre
        if age is not None:
            overdue[key][age] += visits
            _add(overdue_items[key], outstanding, visits)
        elif target is not None:
            _add(items[key][max(now, Month.of(target))], outstanding, visits)
        waiting[key] += patients
    return {
        key: OpenVisits(tuple(overdue[key]), overdue_items[key], dict(items[key]), patients)
        for key, patients in waiting.items()
    }


def _counted(reach: Reach, today: dt.date) -> QuerySet[Any, Any]:
    """Visits that are open or wait, and the patients that wait, by centre and what tells of them.

    By the day of the target, not by its month: SQLite would ask Python for the month of each.
    """
    last_day = Month.of(today).later(MONTHS_AHEAD + 1).first_day - dt.timedelta(days=1)
    visits = current(
        ExpectedVisit.objects.filter(
            Q(state=VisitState.WAITING) | Q(state=VisitState.OPEN, target__lte=last_day),
            reach.of_enrolments("enrolment__"),
        )
    )
    is_overdue = overdue_on(today)
    ages = (
        When(is_overdue & Q(window_end__gte=today - dt.timedelta(days=last)), then=Value(place))
        for place, (_first, last) in enumerate(AGES)
        if last is not None
    )
    told = visits.order_by().annotate(
        age=Case(
            *ages,
            When(is_overdue, then=Value(len(AGES) - 1)),
            default=Value(None),
            output_field=IntegerField(),
        ),
        day=Case(When(is_overdue, then=Value(None)), default=F("target")),
    )
    grouped = told.values_list(
        "enrolment__study", "enrolment__patient__centre", "age", "day", "outstanding"
    )
    return grouped.annotate(
        visits=Count("pk"),
        patients=Count("enrolment__patient", filter=Q(state=VisitState.WAITING), distinct=True),
    )


def _add(items: Counter[str], outstanding: list[str], count: int) -> None:
    for item in outstanding:
        if item in FORECAST_ITEMS:
            items[item] += count
