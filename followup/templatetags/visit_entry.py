"""Which expected visit a contact counts for, beside the form in which it is entered."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from followup.models.visit import items_text
from followup.selectors.visit_entry import CountsFor, contact_of, counts_for, expected
from registry.entry.entry import Entry
from registry.models import Assessment, ImagingStudy

register = template.Library()


@register.inclusion_tag("followup/_visit_entry.html")
def visit_for_entry(entry: Entry) -> dict[str, Any]:
    """The visits that the contact as typed counts for; before it has a date, the one asked for."""
    (visit,) = entry.of(Assessment)
    contact = contact_of(visit, entry.of(ImagingStudy))
    if contact is None:
        return {"asked": expected(entry.patient, entry.query.get("visit", "")), "lines": None}
    lines = counts_for(entry.patient, contact, timezone.localdate())
    return {"asked": None, "lines": lines}


@register.filter
def in_words(items: list[str]) -> str:
    """Items of a visit: "Clinical examination, local imaging"."""
    return items_text(items)


@register.simple_tag
def timeliness(line: CountsFor) -> str:
    """Whether the contact lies in the window: "3 days after the window"."""
    days = line.days_outside
    if days == 0:
        return _("within the window")
    if days < 0:
        text = ngettext("{days} day before the window", "{days} days before the window", -days)
        return text.format(days=-days)
    text = ngettext("{days} day after the window", "{days} days after the window", days)
    return text.format(days=days)
