"""Scheduled reports of the demo studies, so that there is something to read from the start."""

from __future__ import annotations

import datetime as dt

from analytics.models import ReportSchedule, Rhythm
from analytics.reports import running
from analytics.reports.goals import Goal
from analytics.services.report_schedules import Plan, make_schedule, possible_readers
from followup.days import Clock
from registry.models import Study
from registry.models.choices import Role

GOALS = {
    "cams": ("LC@24>=85",),
    "cnao": ("LC@24>=85", "OS@24>=70"),
    "jinling": ("LC@12>=80",),
    "miyakojima": ("LC@24>=85",),
    "preop": ("LC@24>=85",),
}
"""What the studies might have set out to reach: made up, as their patients are."""

READ_BY = (Role.COORDINATOR, Role.READER)
"""One who reads every case, and one who reads figures only."""

SCHEDULED_BEFORE = dt.timedelta(days=100)
"""So long ago that the report of a quarter is due."""


def make_demo_reports(*, clock: Clock) -> int:
    """Schedule a report on each demo study that has none, and make what is due.

    Returns:
        How many reports were made.
    """
    for study in Study.objects.filter(key__in=GOALS, is_synthetic=True):
        if not ReportSchedule.objects.filter(study=study).exists():
            make_schedule(study=study, plan=_plan(study), by=None, now=clock() - SCHEDULED_BEFORE)
    return running.run(clock=clock)


def _plan(study: Study) -> Plan:
    readers = [
        user
        for user in possible_readers(study)
        if user.memberships.filter(role__in=READ_BY, study=study).exists()
    ]
    return Plan(
        title="Quarterly report",
        rhythm=Rhythm.QUARTERLY,
        readers=readers,
        goals=[Goal.read(text) for text in GOALS[study.key]],
    )
