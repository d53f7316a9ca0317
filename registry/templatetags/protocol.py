"""What a protocol says, in words of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.number_text import general
from registry.protocols import (
    AcuteBorder,
    Assumption,
    Criterion,
    DoseConstraint,
    DoseLimit,
    Offset,
    Protocol,
    Segment,
)
from registry.protocols.calendar import OffsetUnit
from registry.protocols.schedule import Thinning
from registry.protocols.vocabulary import Region, SecondCourse, Unit, WorkingDays, label

register = template.Library()


@register.filter
def words(things: StrEnum | Iterable[StrEnum]) -> str:
    """Time points, items or endings of follow-up, in the order of their names."""
    many = [things] if isinstance(things, StrEnum) else sorted(things)
    return ", ".join(_(label(thing)) for thing in many)


@register.filter
def criteria(protocol: Protocol, kind: Literal["inclusion", "exclusion"]) -> list[Criterion]:
    """The criteria by which patients are taken in, or left out."""
    return [row for row in protocol.eligibility if row.is_inclusion == (kind == "inclusion")]


@register.filter
def assumptions(protocol: Protocol, parts: str) -> list[Assumption]:
    """The assumptions about parts of the protocol: "schedule reminders"."""
    return [one for one in protocol.assumptions if one.about.split(".")[0] in parts.split()]


@register.filter
def unit_words(unit: Unit) -> str:
    """What an endpoint counts."""
    return {Unit.PATIENT: _("patients"), Unit.LESION: _("lesions")}[unit]


@register.filter
def offset_words(offset: Offset) -> str:
    """A number of days or months."""
    if offset.unit is OffsetUnit.MONTHS:
        text = ngettext("%(count)d month", "%(count)d months", offset.count)
    else:
        text = ngettext("%(count)d day", "%(count)d days", offset.count)
    return text % {"count": offset.count}


@register.filter
def segment_words(segment: Segment) -> str:
    """When the visits of a segment are expected, with their window."""
    return _("%(when)s; window from %(before)s before to %(after)s after") % {
        "when": _when(segment),
        "before": offset_words(segment.window.before),
        "after": offset_words(segment.window.after),
    }


def _when(segment: Segment) -> str:
    values = {
        "first": segment.first,
        "last": segment.last,
        "every": offset_words(Offset(segment.every, segment.unit)),
    }
    months = segment.unit is OffsetUnit.MONTHS
    if segment.last == segment.first:
        return (_("month %(first)d") if months else _("day %(first)d")) % values
    if segment.last is None:
        text = _("every %(every)s from month %(first)d on")
        return (text if months else _("every %(every)s from day %(first)d on")) % values
    text = _("every %(every)s, months %(first)d to %(last)d")
    return (text if months else _("every %(every)s, days %(first)d to %(last)d")) % values


@register.filter
def thinning_words(thinning: Thinning) -> str:
    """What is still asked for after an event."""
    items = _("only %(items)s") % {"items": words(thinning.items)}
    if thinning.every_months is None:
        return items
    every = Offset(thinning.every_months, OffsetUnit.MONTHS)
    return _("%(items)s, every %(every)s") % {"items": items, "every": offset_words(every)}


@register.filter
def working_days_words(rule: WorkingDays) -> str:
    """Where a target goes that falls on a day off."""
    return {
        WorkingDays.OFF: _("Target dates stay"),
        WorkingDays.NEXT: _("To the next working day"),
        WorkingDays.NEAREST: _("To the nearest working day"),
    }[rule]


@register.filter
def second_course_words(rule: SecondCourse) -> str:
    """What a second course of radiotherapy does to the visits."""
    return {
        SecondCourse.CONTINUE: _("Visits count from the first"),
        SecondCourse.RESTART: _("Visits count from the second"),
        SecondCourse.BOTH: _("Visits count from both"),
    }[rule]


@register.filter
def border_words(border: AcuteBorder) -> str:
    """Until when toxicity counts as acute."""
    return _("onset up to %(offset)s after: %(anchor)s") % {
        "offset": offset_words(border.offset),
        "anchor": _(label(border.anchor)),
    }


@register.filter
def limit_words(limit: DoseLimit) -> str:
    """A limit as "V20Gy < 20 %"."""
    sign = "<" if limit.is_strict else "≤"
    return f"{limit.metric} {sign} {general(limit.value)} {limit.unit}"


@register.filter
def region_words(constraint: DoseConstraint) -> str:
    """Where a constraint holds, "" for everywhere."""
    return {
        Region.ANY: "",
        Region.EXTREMITY: _("extremity"),
        Region.TRUNK_WALL: _("trunk wall"),
    }[constraint.region]


@register.inclusion_tag("components/assumed.html")
def assumed(protocol: Protocol, path: str) -> dict[str, Any]:
    """A mark where the source does not state a part of the protocol ("schedule.ends_on")."""
    return {"assumptions": protocol.assumptions_about(path)}
