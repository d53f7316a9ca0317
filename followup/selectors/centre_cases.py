"""The cases of a centre that need something: visits, items, values to confirm, answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from followup.models import ExpectedVisit
from followup.selectors.visits import current, overdue_on
from registry.models import Centre, CorrectionRequest, Study
from registry.models.choices import CorrectionState
from registry.scope import system_scope
from registry.selectors.centre_facts import patients_of

CASES_SHOWN = 50


@dataclass(frozen=True)
class NeedyCase:
    """A case with the number of things to do; ``overdue_days`` tells of its oldest visit."""

    pseudonym: str
    overdue: int
    overdue_days: int | None
    missing: int
    unlikely: int
    questions: int


@dataclass(frozen=True)
class NeedyCases:
    """Cases that need something: the first of ``total``."""

    total: int
    rows: list[NeedyCase]


def cases_to_see_to(
    study: Study, centre: Centre, today: dt.date, *, limit: int = CASES_SHOWN
) -> NeedyCases:
    """The cases of the centre that need something: the longest overdue, then the most missing.

    Two queries. What hangs on a patient of the reader's scope is counted without asking the scope
    again.
    """
    with system_scope():
        visits = current(
            ExpectedVisit.objects.filter(
                overdue_on(today), enrolment__study=study, enrolment__patient=OuterRef("pk")
            )
        )
        questions = CorrectionRequest.objects.filter(
            patient=OuterRef("pk"), state=CorrectionState.OPEN
        )
    by_patient = visits.order_by().values("enrolment__patient")
    cases = patients_of(study).filter(centre=centre)
    needy = cases.annotate(
        oldest=Subquery(by_patient.annotate(day=Min("window_end")).values("day")),
        overdue=_or_zero(Subquery(by_patient.annotate(n=Count("pk")).values("n"))),
        questions=_or_zero(
            Subquery(questions.order_by().values("patient").annotate(n=Count("pk")).values("n"))
        ),
        items=_or_zero("status__incomplete_count"),
        unlikely=_or_zero("status__unconfirmed_count"),
    ).filter(Q(oldest__isnull=False) | Q(questions__gt=0) | Q(items__gt=0) | Q(unlikely__gt=0))
    return NeedyCases(needy.count(), [_case(row, today) for row in _first(needy, limit)])


def _first(cases: QuerySet[Any], limit: int) -> QuerySet[Any, Any]:
    ordered = cases.order_by(Coalesce("oldest", dt.date.max), "-items", "pseudonym")
    return ordered.values_list("pseudonym", "overdue", "oldest", "items", "unlikely", "questions")[
        :limit
    ]


def _case(row: tuple[Any, ...], today: dt.date) -> NeedyCase:
    pseudonym, overdue, oldest, missing, unlikely, questions = row
    days = None if oldest is None else (today - oldest).days
    return NeedyCase(pseudonym, overdue, days, missing, unlikely, questions)


def _or_zero(count: Any) -> Coalesce:
    return Coalesce(count, 0, output_field=IntegerField())
