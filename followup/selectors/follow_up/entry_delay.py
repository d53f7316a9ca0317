"""How long it takes from a visit to its entry, by the audit trail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Length, Substr

from followup.selectors.follow_up.analysis_day import DAY, day_text, ordinal
from followup.selectors.follow_up.reach import Key, Period, Reach
from registry.models import Assessment, AuditEvent

IMPORTS = ("import ", "import_cases ")
"""How the origin of what was imported begins, in the browser and by command."""

_CHUNK = 10_000


@dataclass(frozen=True)
class EntryDelay:
    """Days from visits to their entry by a person.

    Attributes:
        days: whole days → visits.
        imported: visits that came by an import, or that the installation wrote: nobody entered
            them one by one.
    """

    days: Mapping[int, int] = field(default_factory=Counter)
    imported: int = 0

    def __add__(self, other: EntryDelay) -> EntryDelay:
        return EntryDelay(Counter(self.days) + Counter(other.days), self.imported + other.imported)

    @property
    def visits(self) -> int:
        """Visits that a person entered."""
        return sum(self.days.values())

    @property
    def quartiles(self) -> tuple[float, float, float] | None:
        """Days after which a quarter, a half and three quarters of the visits were entered.

        Between two visits the quartile lies on the line between them (type 7 of Hyndman and Fan,
        Am Stat 1996; 50: 361–365, the usual one of R). None without visits.
        """
        if not self.visits:
            return None
        lower, middle, upper = (quantile(self.days, quarter / 4) for quarter in (1, 2, 3))
        return lower, middle, upper

    @property
    def median(self) -> float | None:
        """The middle one of the quartiles."""
        return None if self.quartiles is None else self.quartiles[1]


def quantile(counts: Mapping[int, int], share: float) -> float:
    """A quantile (type 7) of values that occur so many times.

    Raises:
        ValueError: there is no value.
    """
    total = sum(counts.values())
    if not total:
        raise ValueError("no value has no quantile")
    place = (total - 1) * share
    below, part = int(place), place % 1
    return _at(counts, below) * (1 - part) + (_at(counts, below + 1) * part if part else 0.0)


def entry_delays(reach: Reach, period: Period) -> dict[Key, EntryDelay]:
    """The visits that took place in the period, in one query along the index of the trail.

    Visits whose day is not known are left out; so is what nobody has entered yet. The day of the
    entry is that of UTC.
    """
    rows = (
        Assessment.objects.live()
        .filter(
            reach.of_patients(),
            assessed_on__gte=str(period.first),
            assessed_on__lte=str(period.last),
        )
        .annotate(length=Length("assessed_on"))
        .filter(length=DAY)
    )
    told = rows.order_by().values_list(
        "patient__enrolments__study",
        "patient__centre",
        day_text("assessed_on"),
        Subquery(_day_entered()[:1]),
    )
    days: dict[Key, Counter[int]] = {}
    imported: Counter[Key] = Counter()
    counted = told.annotate(count=Count("pk")).iterator(chunk_size=_CHUNK)
    for study, centre, took_place, entered, count in counted:
        key = study, centre
        if not entered:
            imported[key] += count
            continue
        # Where the clock is ahead of UTC, a visit may be entered on the day before.
        delay = max(0, ordinal(entered) - ordinal(took_place))
        days.setdefault(key, Counter())[delay] += count
    return {
        key: EntryDelay(days.get(key, Counter()), imported[key])
        for key in days.keys() | imported.keys()
    }


def _day_entered() -> QuerySet[Any, Any]:
    """The day on which a person made the row; "" for an import."""
    by_import = (Q(origin__startswith=start) for start in IMPORTS)
    events: QuerySet[Any, Any] = AuditEvent.objects.filter(
        table=Assessment._meta.db_table,
        row_id=OuterRef("pk"),
        operation=AuditEvent.Operation.INSERT,
    )
    day = Case(
        When(reduce(or_, by_import, Q(actor_id__isnull=True)), then=Value("")),
        # Both databases write a moment as ISO text in UTC, the day first.
        default=Substr(Cast("at", TextField()), 1, DAY),
        output_field=TextField(),
    )
    return events.order_by("id").values_list(day)


def _at(counts: Mapping[int, int], place: int) -> int:
    """The value at a place of the ordered row, the first being 0."""
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if place < seen:
            return value
    raise ValueError(f"there are {seen} values, none at {place}")
