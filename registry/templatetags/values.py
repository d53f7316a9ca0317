"""How values are written on the pages: dates, numbers, and reasons for what is missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from registry.date_text import written
from registry.models.choices import MissingReason
from registry.number_text import short
from registry.partial_date import PartialDate

register = template.Library()


@register.filter
def day(value: PartialDate | dt.date | None) -> str | SafeString:
    """A date at the precision it is known to, as a ``<time>`` element; "" for none."""
    if value is None or value == "":
        return ""
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>', str(PartialDate.of(value)), day_text(value)
    )


@register.filter
def day_text(value: PartialDate | dt.date) -> str:
    """A date at the precision it is known to.

    The month is a word, so that no reader takes the day for the month.
    """
    return written(
        value,
        day=pgettext("date format", "j M Y"),
        month=pgettext("date format of a month", "M Y"),
    )


@register.filter
def moment(value: dt.datetime) -> SafeString:
    """A point in time, to the minute, in the time zone in force, as a ``<time>`` element."""
    return _time_element(timezone.localtime(value))


@register.filter
def moment_utc(value: dt.datetime) -> SafeString:
    """A point in time in UTC, for what centres of several zones read together."""
    return _time_element(value.astimezone(dt.UTC))


def _time_element(local: dt.datetime) -> SafeString:
    form = pgettext("date and time format", "j M Y H:i")
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>',
        local.isoformat(timespec="minutes"),
        date_format(local, form, use_l10n=False),
    )


@register.filter
def number(value: float | None, places: int = 1) -> str:
    """A number with ``places`` decimals, or none where it is whole, in the reader's locale."""
    return "" if value is None else short(value, abs(int(places)))


@register.simple_tag
def value(row: Any, name: str, unit: str = "", places: int = 1) -> str | SafeString:
    """A field of a clinical row: its label, date or number with unit, or why it is missing."""
    held = getattr(row, name)
    if held is None or held == "":
        return missing(row, name)
    if isinstance(held, (PartialDate, dt.date)):
        return day(held)
    text = plain(row, name, places)
    return format_html('<span class="nowrap">{} {}</span>', text, unit) if unit else text


def plain(row: Any, name: str, places: int = 1) -> str:
    """What a field of a clinical row holds in words, without markup; "" where it holds nothing."""
    held = getattr(row, name)
    if held is None or held == "":
        return ""
    if isinstance(held, bool):
        return gettext("Yes") if held else gettext("No")
    if isinstance(held, (PartialDate, dt.date)):
        return day_text(held)
    label = getattr(row, f"get_{name}_display", None)
    if label is not None:
        return str(label())
    is_text = isinstance(held, str) or hasattr(held, "_meta")
    return str(held) if is_text else number(held, places)


def missing(row: Any, name: str) -> SafeString:
    """The reason why a field is empty; a dash, read out as "Not recorded", where none was given."""
    code = row.reason_missing(name)
    if code in MissingReason.values:
        return format_html('<span class="missing">{}</span>', MissingReason(code).label)
    return format_html(
        '<span class="missing" aria-hidden="true">–</span><span class="hidden-text">{}</span>',
        gettext("Not recorded"),
    )
