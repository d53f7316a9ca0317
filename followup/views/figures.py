"""Figures of follow-up and the forecast: of a study for who steers it, of the own centres."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from followup.figures.forecast import COMPACT, WIDE, ForecastFigure, Series, forecast_figure
from followup.selectors.follow_up import Period, Reach, follow_up, together
from followup.selectors.follow_up.files import (
    figure_columns,
    figure_rows,
    forecast_columns,
    forecast_rows,
)
from followup.selectors.follow_up.forecast import ForecastTable, forecast_table
from followup.selectors.follow_up.open_visits import FORECAST_ITEMS
from followup.selectors.follow_up.own import own_reach, relative_studies
from followup.selectors.follow_up.words import item_heads
from followup.views.figures_forms import PartForm, PeriodForm
from registry.csv_safe import csv_answer
from registry.models import Study, User
from registry.permissions import require_anywhere, studies_with
from registry.protocols.vocabulary import Item
from registry.roles import Action

DRAWN = (Item.CLINIC, Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING)
"""Toxicity is assessed in the clinics: its bars would repeat theirs."""


@require_safe
def figures(request: HttpRequest, study: str) -> HttpResponse:
    """How the follow-up of a study stands at its centres, and what the coming months ask for."""
    row = _steered(request, study)
    return _page(request, "followup/figures.html", _reach_of(row), {"study": row})


@require_safe
def figures_csv(request: HttpRequest, study: str) -> HttpResponse:
    """The figures of a study as a file."""
    row = _steered(request, study)
    return _figures_file(request, _reach_of(row), row.key)


@require_safe
def forecast_csv(request: HttpRequest, study: str) -> HttpResponse:
    """The forecast of a study as a file."""
    row = _steered(request, study)
    return _forecast_file(_reach_of(row), row.key)


@require_safe
def own_figures(request: HttpRequest) -> HttpResponse:
    """The same of the reader's own centres, in all their studies."""
    page = {
        "relative": relative_studies(),
        "steers": Study.objects.filter(
            pk__in=studies_with(cast(User, request.user), Action.STEER_STUDY)
        ),
    }
    return _page(request, "followup/own_figures.html", own_reach(), page)


@require_safe
def own_figures_csv(request: HttpRequest) -> HttpResponse:
    """The figures of the own centres as a file."""
    return _figures_file(request, own_reach(), "own")


@require_safe
def own_forecast_csv(request: HttpRequest) -> HttpResponse:
    """The forecast of the own centres as a file."""
    return _forecast_file(own_reach(), "own")


def _steered(request: HttpRequest, key: str) -> Study:
    """The study, for who steers it; refused to people who steer none.

    Raises:
        PermissionDenied: no role of the reader steers a study.
        Http404: another study than the reader's.
    """
    user = cast(User, request.user)
    require_anywhere(user, Action.STEER_STUDY)
    steered = Study.objects.filter(pk__in=studies_with(user, Action.STEER_STUDY))
    return get_object_or_404(steered, key=key)


def _reach_of(study: Study) -> Reach:
    """The whole study; nothing of one whose dates say nothing about the calendar."""
    return Reach(() if study.dates_are_relative else (study,))


def _page(request: HttpRequest, template: str, reach: Reach, more: dict[str, Any]) -> HttpResponse:
    today = timezone.localdate()
    asked = PeriodForm(request.GET, today=today)
    period = asked.period()
    lines = follow_up(reach, period, today)
    part = PartForm(request.GET, lines=lines)
    forecast = forecast_table(together(part.chosen()).open, today)
    page = {
        **more,
        "today": today,
        "period": period,
        "forms": [asked, part],
        "lines": lines,
        "total": together(lines),
        "forecast": forecast,
        "figures": [] if forecast.is_empty else _drawn(forecast),
        "in_words": _in_words(forecast),
    }
    is_valid = asked.is_valid() and part.is_valid()
    return render(request, template, page, status=200 if is_valid else 422)


def _figures_file(request: HttpRequest, reach: Reach, of: str) -> HttpResponse:
    """The figures over the days asked for, or what is wrong with these."""
    today = timezone.localdate()
    asked = PeriodForm(request.GET, today=today)
    if not asked.is_valid():
        return HttpResponse(asked.errors.as_text(), status=422, content_type="text/plain")
    lines = follow_up(reach, asked.period(), today)
    name = f"follow-up-{of}-{today.isoformat()}"
    return csv_answer(name, figure_columns(), figure_rows(lines))


def _forecast_file(reach: Reach, of: str) -> HttpResponse:
    today = timezone.localdate()
    lines = follow_up(reach, Period.before(today), today)
    name = f"forecast-{of}-{today.isoformat()}"
    return csv_answer(name, forecast_columns(), forecast_rows(lines, today))


def _drawn(forecast: ForecastTable) -> list[ForecastFigure]:
    """The figure in its two widths."""
    names = [(str(MONTHS_3[row.month.month]).capitalize(), row.month.year) for row in forecast.rows]
    heads = dict(zip(FORECAST_ITEMS, item_heads(), strict=True))
    series = [
        Series(heads[item], [row.counts[FORECAST_ITEMS.index(item)] for row in forecast.rows])
        for item in DRAWN
    ]
    return [
        forecast_figure(names, series, WIDE, "wide"),
        forecast_figure(names, series, COMPACT, "compact"),
    ]


def _in_words(forecast: ForecastTable) -> str:
    """The figure in a sentence, for who does not see it."""
    heads = zip(FORECAST_ITEMS, item_heads(), forecast.sums, strict=True)
    counted = [f"{head}: {count}" for item, head, count in heads if item in DRAWN]
    return _(
        "Appointments by month over this month and the twelve after it. In all: {counts}."
    ).format(counts="; ".join(counted))
