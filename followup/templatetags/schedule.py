"""Words of the editor of a schedule: what an amendment changes of a visit."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from followup.models import VisitState
from followup.models.visit import items_text
from followup.selectors.amendment_preview import (
    ChangeKind,
    PatientChanges,
    Shown,
    VisitChange,
)
from registry.templatetags.values import day, day_text

register = template.Library()


@register.filter
def after_dash(prefix: str) -> str:
    """The part of a row's prefix that names it within its clock: "r1" of "c0-r1"."""
    return prefix.rpartition("-")[2]


@register.filter
def weekday_day(value: dt.date) -> SafeString:
    """A date with the day of its week: "Mon 15 Apr 2024"."""
    return format_html("{} {}", WEEKDAYS_ABBR[value.weekday()], day(value))


@register.filter
def counts_words(line: PatientChanges) -> str:
    """How many visits of a patient change in which way."""
    told = (
        (line.added, _("%(number)d added")),
        (line.dropped, _("%(number)d dropped")),
        (line.moved, _("%(number)d moved")),
        (line.changed, _("%(number)d changed")),
    )
    return ", ".join(text % {"number": number} for number, text in told if number)


@register.filter
def change_words(change: VisitChange) -> str:
    """What becomes of one visit, in a sentence."""
    before, after = change.before, change.after
    if after is None:
        assert before is not None
        return _("%(visit)s: dropped (%(day)s)") % {
            "visit": _name(before),
            "day": _day(before),
        }
    if before is None:
        return _("%(visit)s: added, %(day)s (%(items)s)") % {
            "visit": _name(after),
            "day": _day(after),
            "items": items_text(list(after.items)),
        }
    parts = []
    if change.kind is ChangeKind.MOVED:
        parts.append(_("%(old)s → %(new)s") % {"old": _day(before), "new": _day(after)})
    parts += _differences(before, after)
    return f"{_name(after)}: {'; '.join(parts)}"


def _differences(before: Shown, after: Shown) -> list[str]:
    """What differs beside the target date."""
    parts = []
    gained = [item for item in after.items if item not in before.items]
    lost = [item for item in before.items if item not in after.items]
    if gained:
        parts.append(_("also %(items)s") % {"items": _lower(gained)})
    if lost:
        parts.append(_("without %(items)s") % {"items": _lower(lost)})
    if before.target == after.target and before.window != after.window:
        parts.append(_("window %(window)s") % {"window": _window(after)})
    if before.state != after.state:
        parts.append(str(VisitState(after.state).label))
    return parts


def _lower(items: list[str]) -> str:
    text = items_text(items)
    return text[:1].lower() + text[1:]


def _name(shown: Shown) -> str:
    return shown.label or _("Visit waiting for a date")


def _day(shown: Shown) -> str:
    return day_text(shown.target) if shown.target else _("no date yet")


def _window(shown: Shown) -> str:
    return " – ".join(day_text(side) for side in shown.window if side is not None)
