"""How long before, within or after a course of radiotherapy something was, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.models import Course
from registry.partial_date import PartialDate


def since_course(on: PartialDate | None, course: Course | None) -> str:
    """ "20 days after the last fraction", "day 3 of the course"; "" unless the days are known.

    The first day of the course is day 1.
    """
    if on is None or course is None or not on.is_complete:
        return ""
    start, end = course.started_on, course.ended_on
    if start is not None and start.is_complete and on < start:
        days = (start.to_date() - on.to_date()).days
        return ngettext(
            "{days} day before the first fraction", "{days} days before the first fraction", days
        ).format(days=days)
    if end is not None and end.is_complete and on > end:
        days = (on.to_date() - end.to_date()).days
        return ngettext(
            "{days} day after the last fraction", "{days} days after the last fraction", days
        ).format(days=days)
    if start is None or end is None or not (start.is_complete and end.is_complete):
        return ""
    return _("day {day} of the course").format(day=(on.to_date() - start.to_date()).days + 1)
