"""Schedules and sights in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.models import ReportSchedule, Rhythm
from analytics.reports.sight import Sight


def rhythm_words(schedule: ReportSchedule) -> str:
    """When its reports are due: "Whenever 25 more patients are enrolled"."""
    every = schedule.every or 0
    if schedule.rhythm == Rhythm.ENROLMENTS:
        return ngettext(
            "Whenever %(every)d more patient is enrolled",
            "Whenever %(every)d more patients are enrolled",
            every,
        ) % {"every": every}
    if schedule.rhythm == Rhythm.MEETINGS:
        return ngettext(
            "%(every)d day before each meeting", "%(every)d days before each meeting", every
        ) % {"every": every}
    return str(Rhythm(schedule.rhythm).label)


def sight_words(sight: Sight) -> str:
    """Of whom somebody's copy is."""
    if not sight.is_whole:
        return _("own centre, the others without names")
    return _("every case") if sight.reads_cases else _("figures without small groups")
