"""Whether visits took place in their windows: of those whose window closed within some days."""

from __future__ import annotations

from dataclasses import dataclass, fields

from django.db.models import Case, CharField, Count, Q, TextField, Value, When
from django.db.models.functions import Cast

from followup.models import ExpectedVisit, VisitState
from followup.proportions import Proportion, proportion
from followup.schedules import NoteCode
from followup.selectors.follow_up.reach import Key, Period, Reach
from followup.selectors.visits import current

STEP = "step-"
"""Keys of treatment steps begin so: the protocol tracks their timing, but they are no visits."""


@dataclass(frozen=True)
class Windows:
    """Visits by what became of them; each counts once.

    Attributes:
        in_window: everything was provided within the window.
        early, late: everything was provided, a part of it before or after the window; what was
            both counts as late.
        partly: something was provided, and the rest will not come any more.
        missed: nothing was, and a person or the end of the follow-up closed the visit.
        overdue: something is still asked for.
    """

    in_window: int = 0
    early: int = 0
    late: int = 0
    partly: int = 0
    missed: int = 0
    overdue: int = 0

    def __add__(self, other: Windows) -> Windows:
        return Windows(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def total(self) -> int:
        """All visits that were to take place."""
        return sum(getattr(self, f.name) for f in fields(self))

    @property
    def rate(self) -> Proportion | None:
        """Visits in the window of all; None without any."""
        return proportion(self.in_window, self.total)


def windows(reach: Reach, period: Period) -> dict[Key, Windows]:
    """What became of the visits whose window closed in the period, in one query.

    Visits that were cancelled or did not apply were not to take place. The period ends before
    today: a window that is open may still be met.
    """
    visits = current(
        ExpectedVisit.objects.filter(
            reach.of_enrolments("enrolment__"),
            state__in=(VisitState.OPEN, VisitState.DONE, VisitState.MISSED),
            window_end__gte=period.first,
            window_end__lte=period.last,
        )
    ).exclude(key__startswith=STEP)
    rows = visits.order_by().annotate(
        reasons=Cast("why", TextField()), lacking=Cast("outstanding", TextField())
    )
    rows = rows.annotate(
        outcome=Case(
            When(state=VisitState.OPEN, then=Value("overdue")),
            When(state=VisitState.MISSED, then=Value("missed")),
            When(~Q(lacking="[]"), then=Value("partly")),
            When(_has(NoteCode.LATE), then=Value("late")),
            When(_has(NoteCode.EARLY), then=Value("early")),
            default=Value("in_window"),
            output_field=CharField(),
        )
    )
    found: dict[Key, dict[str, int]] = {}
    counted = rows.values_list("enrolment__study", "enrolment__patient__centre", "outcome")
    for study, centre, outcome, count in counted.annotate(count=Count("pk")):
        found.setdefault((study, centre), {})[outcome] = count
    return {key: Windows(**counts) for key, counts in found.items()}


def _has(code: NoteCode) -> Q:
    """Condition: the engine's reasons have this note.

    Both databases write a key and its value alike; the quotes of what a person wrote are escaped.
    """
    return Q(reasons__contains=f'"code": "{code}"')
