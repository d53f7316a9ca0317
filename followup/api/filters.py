"""What lists of expected visits are cut by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter

from followup.models import ExpectedVisit, VisitState
from followup.schedules import VisitStatus
from followup.selectors.visits import due_on, overdue_on, planned_on
from registry.api.problems import parameter

STATUSES: dict[str, Callable[[dt.date], Q]] = {
    VisitStatus.WAITING: lambda _today: Q(state=VisitState.WAITING),
    VisitStatus.PLANNED: planned_on,
    VisitStatus.DUE: due_on,
    VisitStatus.OVERDUE: overdue_on,
    VisitStatus.DONE: lambda _today: Q(state=VisitState.DONE),
    VisitStatus.MISSED: lambda _today: Q(state=VisitState.MISSED),
    VisitStatus.CANCELLED: lambda _today: Q(state=VisitState.CANCELLED),
}

FILTERS = (
    OpenApiParameter("patient", str, description="Pseudonym of the patient."),
    OpenApiParameter("centre", str, description="Code of the centre."),
    OpenApiParameter("study", str, description="Key of the study."),
    OpenApiParameter("status", str, enum=list(STATUSES), description="As of today."),
    OpenApiParameter("from", dt.date, description="Window open on this day or later."),
    OpenApiParameter("to", dt.date, description="Window open on this day or earlier."),
)

_COLUMNS = {
    "patient": "enrolment__patient__pseudonym",
    "centre": "enrolment__patient__centre__code",
    "study": "enrolment__study__key",
}


def cut(
    visits: QuerySet[ExpectedVisit], query: QueryDict, today: dt.date
) -> QuerySet[ExpectedVisit]:
    """The visits that the address asks for.

    Raises:
        Problem: naming the parameter that holds what it cannot.
    """
    for name, column in _COLUMNS.items():
        if name in query:
            visits = visits.filter(**{column: query[name]})
    if "status" in query:
        condition = STATUSES.get(str(query["status"]))
        if condition is None:
            raise parameter("status", _("is not one of {names}").format(names=", ".join(STATUSES)))
        visits = visits.filter(condition(today))
    if "from" in query:
        visits = visits.filter(window_end__gte=_day(query, "from"))
    if "to" in query:
        visits = visits.filter(window_start__lte=_day(query, "to"))
    return visits


def _day(query: QueryDict, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(query[name]))
    except ValueError:
        raise parameter(name, _("is no day (YYYY-MM-DD)")) from None
