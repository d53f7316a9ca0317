"""The components of the pages, one tag each; their markup is in templates/components/."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

register = template.Library()

# A shape (symbol in static/icons/marks.svg) and a word for each state that a row can have.
STATES: dict[str, str | Promise] = {
    "waiting": _("Waiting for a date"),
    "planned": _("Planned"),
    "due": _("Due"),
    "overdue": _("Overdue"),
    "done": _("Done"),
    "missed": _("Missed"),
    "cancelled": _("Cancelled"),
    "incomplete": _("Incomplete"),
    "complete": _("Complete"),
    "partial": _("Partial"),
    "missing": _("Missing"),
    "not_applicable": _("Not applicable"),
    "locked": _("Locked"),
    "verified": _("Source data verified"),
    "signed": _("Signed"),
    "alive": _("In follow-up"),
    "dead": pgettext_lazy("patient status", "Died"),
    "lost": _("Lost to follow-up"),
    "withdrawn": _("Withdrawn"),
    "unknown": _("Unknown"),
    "assumed": _("Assumption"),
    "draft": _("Draft"),
    "open": _("Open"),
    "answered": _("Answered"),
    "closed": _("Closed"),
    "sent": _("Sent"),
    "failed": _("Failed"),
}


@register.inclusion_tag("components/status.html")
def status(state: str, word: str = "") -> dict[str, Any]:
    """A state told by shape and word; ``word`` replaces the usual one ("12 days overdue").

    Raises:
        KeyError: when the state has no shape.
    """
    return {"state": state, "word": word or STATES[state]}


@register.inclusion_tag("components/grade.html")
def grade(value: int) -> dict[str, Any]:
    """A CTCAE grade 1–5 as a scale of five boxes and its number."""
    return {"value": value}


@register.simple_block_tag
def section(
    content: SafeString,
    title: str,
    ident: str,
    count: int | None = None,
    note: str = "",
    links: SafeString | str = "",
) -> SafeString:
    """A titled part of a page that can be linked to as ``#ident``; ``links`` stand in its head."""
    return render_to_string(
        "components/section.html",
        {
            "content": content,
            "title": title,
            "ident": ident,
            "count": count,
            "note": note,
            "links": links,
        },
    )


@register.simple_block_tag
def scroll(content: SafeString, label: str) -> SafeString:
    """A box in which a wide table scrolls by itself, reachable by keyboard."""
    return render_to_string("components/scroll.html", {"content": content, "label": label})


@register.simple_block_tag
def notice(content: SafeString, kind: str = "information", title: str = "") -> SafeString:
    """A message: ``kind`` is information, warning, error or success."""
    marks = {"information": "information", "warning": "due", "error": "failed", "success": "done"}
    return render_to_string(
        "components/notice.html",
        {"content": content, "kind": kind, "title": title, "mark": marks[kind]},
    )


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A form field: label above, hint, error, control."""
    return {"field": bound}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form, each line a link to its field."""
    return {"form": form}


@register.inclusion_tag("components/empty.html")
def empty(text: str) -> dict[str, Any]:
    """What to read where there are no rows."""
    return {"text": text}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any], last: str | None = None) -> dict[str, Any]:
    """Rows shown and links to the pages before and after, keeping the filters of the address.

    ``last`` names the last row of the page to the link of the next one, as ``after``.
    """
    return {"page": page, "last": last, "request": context["request"]}


@register.inclusion_tag("components/sort_head.html", takes_context=True)
def sort_head(
    context: template.Context, key: str, label: str, current: str, css: str = ""
) -> dict[str, Any]:
    """A column head that sorts by ``key``; ``current`` is the order in force ("-" descends)."""
    descending = current == f"-{key}"
    active = descending or current == key
    return {
        "request": context["request"],
        "label": label,
        "css": css,
        "direction": ("descending" if descending else "ascending") if active else "",
        "target": f"-{key}" if current == key else key,
    }
