"""The coordinator's screens: all centres of a study side by side, and one of them."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from followup.figures.accrual import COMPACT, WIDE, accrual_figure
from followup.selectors.centre_cases import cases_to_see_to
from followup.selectors.centre_file import centre_columns, centre_row
from followup.selectors.centres import SideBySide, in_order, side_by_side
from followup.selectors.month_table import MonthTable, month_table
from followup.selectors.wishes import people_at
from registry.csv_safe import csv_answer
from registry.models import Study, User
from registry.permissions import require_anywhere, studies_with
from registry.roles import Action
from registry.selectors.centre_facts import unanswered

DEFAULT_ORDER = "code"


@require_safe
def centres(request: HttpRequest) -> HttpResponse:
    """The studies that the reader steers; with only one, straight to it."""
    studies = list(_steered(request))
    if len(studies) == 1:
        return HttpResponseRedirect(reverse("followup:study_centres", args=[studies[0].key]))
    return render(request, "followup/centres_studies.html", {"studies": studies})


@require_safe
def study_centres(request: HttpRequest, study: str) -> HttpResponse:
    """All centres of a study in one table, and their accrual month by month."""
    row = _study(request, study)
    today = timezone.localdate()
    found = side_by_side(row, today)
    order = request.GET.get("sort", DEFAULT_ORDER)
    page = {
        "study": row,
        "today": today,
        "lines": in_order(found.lines, order),
        "total": found.total,
        "sort": order,
        **_accrual(found, row),
    }
    return render(request, "followup/centres.html", page)


@require_safe
def study_centres_csv(request: HttpRequest, study: str) -> HttpResponse:
    """The table of all centres as a file."""
    row = _study(request, study)
    today = timezone.localdate()
    found = side_by_side(row, today)
    lines = [*found.lines, found.total]
    name = f"centres-{row.key}-{today.isoformat()}"
    return csv_answer(name, centre_columns(), [centre_row(line) for line in lines])


@require_safe
def centre(request: HttpRequest, study: str, code: str) -> HttpResponse:
    """One centre of a study: its figures, accrual, people, and the cases that need something."""
    row = _study(request, study)
    today = timezone.localdate()
    found = side_by_side(row, today)
    line = next((one for one in found.lines if one.code == code), None)
    if line is None or line.centre is None:
        raise Http404
    own = SideBySide([line], line, [one for one in found.accrual if one.centre == line.centre])
    page = {
        "study": row,
        "centre": line.centre,
        "line": line,
        "today": today,
        "people": people_at(line.centre, today),
        "cases": cases_to_see_to(row, line.centre, today),
        "questions": unanswered(row, line.centre),
        **_accrual(own, row),
    }
    return render(request, "followup/centre.html", page)


def _steered(request: HttpRequest) -> Any:
    """Studies that the reader steers; refused to people who steer none.

    Raises:
        PermissionDenied: no role of the reader steers a study.
    """
    user = cast(User, request.user)
    require_anywhere(user, Action.STEER_STUDY)
    return Study.objects.filter(pk__in=studies_with(user, Action.STEER_STUDY))


def _study(request: HttpRequest, key: str) -> Study:
    return cast(Study, get_object_or_404(_steered(request), key=key))


def _accrual(found: SideBySide, study: Study) -> dict[str, Any]:
    """The table by month and its figure, in two widths; no figure without a month known."""
    table = month_table(found.accrual, timezone.localdate(), has_plan=not study.dates_are_relative)
    drawn = bool(table.enrolled and (any(table.enrolled.values()) or table.planned))
    return {
        "months": table,
        "centres": [row.centre for row in found.accrual],
        "figures": [_figure(table, size) for size in (WIDE, COMPACT)] if drawn else [],
        "in_words": _in_words(found),
    }


def _figure(table: MonthTable, size: Any) -> Any:
    return accrual_figure(table.months, table.enrolled, table.planned, size)


def _in_words(found: SideBySide) -> str:
    """The figure in a sentence, for who does not see it."""
    total = found.total
    if total.expected is None:
        return _("%(enrolled)d patients enrolled; nothing was planned by month.") % {
            "enrolled": total.enrolled
        }
    return _("%(enrolled)d patients enrolled, %(expected)d planned up to today.") % {
        "enrolled": total.enrolled,
        "expected": round(total.expected),
    }
