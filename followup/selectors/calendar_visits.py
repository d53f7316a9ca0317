"""The visits of a calendar feed: what is ahead and overdue, and what was settled lately."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from followup.models import CalendarFeed, ExpectedVisit, VisitState
from registry.permissions import may_at_centre
from registry.protocols.calendar import add_months
from registry.roles import Action
from registry.scope import Scope, use_scope

MOST_EVENTS = 5000
AHEAD_MONTHS = 24
SETTLED_DAYS = 90
"""So long a settled visit stays in the feed, so that calendars learn of it."""


@dataclass(frozen=True)
class CalendarVisits:
    """Visits by target date; ``is_cut`` where there are more than a feed holds."""

    visits: list[ExpectedVisit]
    is_cut: bool


def scope_of(feed: CalendarFeed) -> Scope | None:
    """What the feed may show today by its person's roles; None when that is nothing at all.

    A case that is read as a guest is nobody's to do, so temporary access gives no calendar.
    """
    user = feed.user
    if feed.centre_id is not None and not may_at_centre(user, Action.READ_CASES, feed.centre_id):
        return None
    scope = Scope.of(user).of_roles()
    return scope if scope.centre_ids or scope.study_ids else None


def calendar_visits(feed: CalendarFeed, scope: Scope, *, today: dt.date) -> CalendarVisits:
    """Open visits whose window opens within 24 months, the overdue ones as long as they are open;
    and those that were done, missed, cancelled or taken out of the schedule in the last 90 days.

    Where there are more than a feed holds, the open ones nearest to today are kept first. Three
    queries. A visit that was settled from the start was in no calendar, and is left out.
    """
    with use_scope(scope):
        live = _live(feed)
        visits = live.filter(state=VisitState.OPEN)
        until = add_months(today, AHEAD_MONTHS)
        ahead = visits.filter(window_end__gte=today, window_start__lte=until).order_by(
            "window_end", "pk"
        )
        overdue = visits.filter(window_end__lt=today).order_by("-window_end", "pk")
        settled = live.filter(
            state__in=(
                VisitState.DONE,
                VisitState.MISSED,
                VisitState.CANCELLED,
                VisitState.SUPERSEDED,
            ),
            revision__gt=0,
            changed_at__gte=timezone.now() - dt.timedelta(days=SETTLED_DAYS),
            window_end__gte=today - dt.timedelta(days=SETTLED_DAYS),
            window_start__lte=until,
        ).order_by("-changed_at", "pk")
        most = MOST_EVENTS + 1
        is_open = sorted(
            [*ahead[:most], *overdue[:most]], key=lambda visit: _distance(visit, today)
        )
        found = [*is_open, *settled[:most]]
    kept = sorted(found[:MOST_EVENTS], key=lambda visit: (visit.target or dt.date.max, visit.pk))
    return CalendarVisits(kept, is_cut=len(found) > MOST_EVENTS)


def _live(feed: CalendarFeed) -> QuerySet[ExpectedVisit]:
    visits = ExpectedVisit.objects.filter(
        enrolment__voided_at__isnull=True, enrolment__patient__voided_at__isnull=True
    )
    if feed.centre_id is not None:
        visits = visits.filter(enrolment__patient__centre=feed.centre_id)
    return visits.select_related("enrolment__study", "enrolment__patient__centre")


def _distance(visit: ExpectedVisit, today: dt.date) -> int:
    assert visit.window_end is not None, "the database refuses an open visit without dates"
    return abs((visit.window_end - today).days)
