"""Which report of a schedule is due, by the facts of this moment."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.utils import timezone

from analytics.models import ReportIssue, ReportSchedule, Rhythm, Snapshot
from analytics.reports.occasions import ENROLLED, Occasion, Standing, latest_due, next_day
from followup.days_off import is_day_off
from registry.models import Centre, Enrolment, Study
from registry.scope import system_scope


def due_occasion(schedule: ReportSchedule, *, now: dt.datetime) -> Occasion | None:
    """The latest occasion of a schedule that has come, None where it is entered already.

    What was entered for a schedule that this one replaces is not entered again.
    """
    found = latest_due(
        Rhythm(schedule.rhythm),
        standing_of(schedule, now=now),
        every=schedule.every,
        meetings=schedule.meeting_days,
        is_day_off=partial(is_day_off, country_of(schedule.study)),
    )
    entered = ReportIssue.objects.filter(schedule__in=schedule.with_replaced())
    return None if found and entered.filter(occasion=found.key).exists() else found


def standing_of(schedule: ReportSchedule, *, now: dt.datetime) -> Standing:
    """What :func:`latest_due` asks of a schedule."""
    here = timezone.get_default_timezone()
    counts = schedule.rhythm == Rhythm.ENROLMENTS
    return Standing(
        since=timezone.localdate(schedule.made_at, here),
        today=timezone.localdate(now, here),
        enrolled_before=max(schedule.enrolled_before, _reported(schedule) if counts else 0),
        enrolled=enrolled_in(schedule.study) if counts else 0,
        cuts=_cuts(schedule) if schedule.rhythm == Rhythm.DATA_CUTS else (),
    )


def country_of(study: Study) -> str:
    """The country of most of its centres, whose working days count; "" where nobody said."""
    countries = list(
        Centre.objects.filter(participations__study=study)
        .exclude(country="")
        .order_by("country")
        .values_list("country", flat=True)
    )
    return max(countries, key=countries.count, default="")


def next_due_day(schedule: ReportSchedule, *, now: dt.datetime) -> dt.date | None:
    """The next day on which a report is due; None where no day can be named."""
    return next_day(
        Rhythm(schedule.rhythm),
        standing_of(schedule, now=now),
        every=schedule.every,
        meetings=schedule.meeting_days,
        is_day_off=partial(is_day_off, country_of(schedule.study)),
    )


def _reported(schedule: ReportSchedule) -> int:
    """The most patients for whom it was due: where some are taken back, that counts on."""
    issues = ReportIssue.objects.filter(
        schedule__in=schedule.with_replaced(), occasion__startswith=ENROLLED
    )
    keys = issues.values_list("occasion", flat=True)
    return max((int(key.removeprefix(ENROLLED)) for key in keys), default=0)


def _cuts(schedule: ReportSchedule) -> list[tuple[int, dt.date]]:
    """Snapshots since it was made, but those that reports were frozen for."""
    here = timezone.get_default_timezone()
    rows = Snapshot.objects.filter(
        study=schedule.study, made_at__gt=schedule.made_at, made_by__isnull=False
    )
    found = rows.order_by("number").values_list("number", "made_at")
    return [(number, timezone.localdate(made_at, here)) for number, made_at in found]


def enrolled_in(study: Study) -> int:
    """Patients enrolled in the study, at every centre."""
    with system_scope():
        live = Enrolment.objects.live().filter(study=study, patient__voided_at__isnull=True)
        return live.values("patient").distinct().count()
