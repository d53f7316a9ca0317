"""A visit with what people said about it, for the page on which they say it."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from followup.models import ExpectedVisit, VisitOverride
from followup.selectors.visits import current, overdue_on


def visit_with_patient(pk: int) -> ExpectedVisit | None:
    """An expected visit of the scope with its patient, centre and study; None for none."""
    return _with_patient(current(ExpectedVisit.objects.filter(pk=pk))).first()


def words_on(visit: ExpectedVisit) -> list[VisitOverride]:
    """All that was said about a visit, the latest first."""
    words = VisitOverride.objects.filter(visit=visit).select_related("by", "withdrawn_by")
    return list(words.order_by("-at", "-pk"))


def overdue_among(keys: list[int], today: dt.date) -> QuerySet[ExpectedVisit]:
    """Those of the visits that the scope shows and that are overdue, the longest overdue first."""
    visits = current(ExpectedVisit.objects.filter(overdue_on(today), pk__in=keys))
    return _with_patient(visits).order_by("window_end", "enrolment__patient__pseudonym", "key")


def _with_patient(visits: QuerySet[ExpectedVisit]) -> QuerySet[ExpectedVisit]:
    return visits.select_related("enrolment__study", "enrolment__patient__centre")
