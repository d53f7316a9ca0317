"""Cells of the coordinator's tables: figures that lead to the patients they count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from followup.selectors.centres import CentreLine
from followup.selectors.month_table import MonthRow
from registry.models import Study
from registry.templatetags.values import day, number

register = template.Library()

Text = str | SafeString


@dataclass(frozen=True)
class Column:
    """A column of the table; ``key`` is what it is sorted by.

    ``label`` names it where its group is not shown, if the head alone does not.
    """

    key: str
    head: str | Promise
    css: str = "num"
    label: str | Promise = ""


@dataclass(frozen=True)
class Cell:
    """What stands under a head; ``second`` is the line below, "" for none."""

    column: Column
    value: Text
    second: Text = ""


GROUPS: tuple[tuple[str | Promise, tuple[Column, ...]], ...] = (
    (
        gettext_lazy("Accrual"),
        (
            Column("enrolled", gettext_lazy("Enrolled")),
            Column("this_month", gettext_lazy("This month")),
            Column("last_months", gettext_lazy("3 months")),
        ),
    ),
    (
        gettext_lazy("Cases"),
        (
            Column("complete", gettext_lazy("Complete")),
            Column("missing", gettext_lazy("Items missing")),
            Column("unlikely", gettext_lazy("To confirm")),
        ),
    ),
    (
        gettext_lazy("Waiting"),
        (
            Column("overdue", gettext_lazy("Visits overdue")),
            Column("questions", gettext_lazy("Corrections open")),
        ),
    ),
    (
        gettext_lazy("Patients"),
        (
            Column("lost", gettext_lazy("Lost")),
            Column("died", gettext_lazy("Died")),
            Column("withdrawn", gettext_lazy("Withdrawn")),
        ),
    ),
    (
        gettext_lazy("Last"),
        (
            Column("last_entry", gettext_lazy("Entry"), "", gettext_lazy("Last entry")),
            Column("last_enrolment", gettext_lazy("Enrolment"), "", gettext_lazy("Last enrolment")),
        ),
    ),
    (
        gettext_lazy("All forms"),
        (
            Column("verified", gettext_lazy("Verified")),
            Column("locked", gettext_lazy("Locked")),
            Column("signed", gettext_lazy("Signed")),
        ),
    ),
)
"""The columns beside the centre, under the heads that they share."""

CUTS: dict[str, dict[str, str]] = {
    "enrolled": {},
    "missing": {"work": "missing"},
    "unlikely": {"work": "unlikely"},
    "overdue": {"work": "overdue"},
    "lost": {"state": "lost"},
    "died": {"state": "dead"},
    "withdrawn": {"state": "withdrawn"},
}
"""Figure → what the status grid is cut to, to list the patients behind it."""

IN_PERCENT = ("lost", "verified", "locked", "signed")


@register.simple_tag
def centre_groups() -> list[tuple[str, tuple[Column, ...]]]:
    """The columns under the heads that they share."""
    return [(str(head), columns) for head, columns in GROUPS]


@register.simple_tag
def centre_cells(study: Study, line: CentreLine) -> list[Cell]:
    """The figures of a line in the order of the columns."""
    return list(_cells(study, line))


def _cells(study: Study, line: CentreLine) -> Iterator[Cell]:
    for _head, columns in GROUPS:
        for column in columns:
            yield Cell(column, _value(study, line, column.key), _second(line, column.key))


def _value(study: Study, line: CentreLine, key: str) -> Text:
    if key == "complete":
        return _share(line, key)
    if key == "last_entry":
        return day(timezone.localdate(line.last_entry)) if line.last_entry else "–"
    if key == "last_enrolment":
        return day(line.last_enrolment) or "–"
    count = getattr(line, key)
    address = _address(study, line, key) if count else ""
    figure = number_format(count)
    shown = format_html('<a href="{}">{}</a>', address, figure) if address else figure
    if key == "enrolled" and line.target is not None:
        whole = number_format(line.target)
        return format_html('{} <span class="soft">/ {}</span>', shown, whole)
    return shown


def _address(study: Study, line: CentreLine, key: str) -> str:
    """Where the patients that a figure counts are listed, "" for nowhere."""
    if key in CUTS:
        centre = {"centre": line.code} if line.centre else {}
        return reverse("followup:grid", query={"study": study.key} | centre | CUTS[key])
    if key == "questions" and line.centre:
        return f"{reverse('followup:centre', args=[study.key, line.code])}#questions"
    return ""


def _second(line: CentreLine, key: str) -> Text:
    if key == "enrolled" and line.expected is not None:
        return _("planned {count}").format(count=number(float(line.expected)))
    if key == "complete":
        return number_format(line.complete)
    if key == "overdue":
        return oldest(line.overdue_days)
    if key == "questions":
        return oldest(line.questions_days)
    return _share(line, key) if key in IN_PERCENT else ""


def _share(line: CentreLine, key: str) -> str:
    """A figure of the line in percent of its patients, "–" without patients."""
    percent = line.percent(key)
    return "–" if percent is None else _("{percent} %").format(percent=percent)


@register.filter
def oldest(days: int | None) -> str:
    """For how long the oldest of something has waited; "" where nothing waits."""
    if days is None:
        return ""
    if days <= 0:
        return _("since today")
    words = ngettext("oldest {days} day", "oldest {days} days", days)
    return words.format(days=number_format(days))


@register.filter
def month_name(row: MonthRow) -> str:
    """The time that a row stands for: "Mar 2024", or a year."""
    if row.month is None:
        return str(row.year)
    return f"{MONTHS_3[row.month.month].capitalize()} {row.month.year}"


@register.simple_tag
def of_studies(lines: list[Any]) -> list[tuple[Study, list[Any]]]:
    """Lines in the order given, together for each study."""
    found: dict[Study, list[Any]] = {}
    for line in lines:
        found.setdefault(line.study, []).append(line)
    return list(found.items())
