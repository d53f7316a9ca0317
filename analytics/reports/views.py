"""The page of a report and its files. Views read; the address is the whole choice."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.known import nothing_on_file
from analytics.reports.blocks import BLOCKS
from analytics.reports.choices import ReportChoices, read_choices
from analytics.reports.files import FORMATS, file_stem, report_bytes
from analytics.reports.heads import facts
from analytics.reports.report import Report, build_report
from analytics.reports.sight import sight_in_force
from registry.models import ProtocolVersion, Study
from registry.selectors.studies import sees_whole_study, visible_studies


@require_safe
def report_page(request: HttpRequest, key: str) -> HttpResponse:
    """The choices, and under them the report once some are made; 404 for a study of others."""
    study = _study(key)
    choices = _choices(request, study)
    # A report takes seconds: it is made when asked for, not whenever somebody comes by.
    report, problems = None, list(choices.problems)
    if "block" in request.GET:
        try:
            report = _report(study, choices)
        except ProtocolVersion.DoesNotExist:
            problems.append(nothing_on_file())
    return render(
        request,
        "analytics/report/page.html",
        {
            "study": study,
            "choices": choices,
            "problems": problems,
            "blocks": [
                (block, kind.title, block in choices.blocks) for block, kind in BLOCKS.items()
            ],
            "report": report,
            "facts": facts(report) if report else [],
            "formats": list(FORMATS),
            "whole_study": sees_whole_study(study),
        },
    )


@require_safe
def report_file(request: HttpRequest, key: str, ending: str) -> HttpResponse:
    """The report of the same choices as PDF, HTML or document."""
    if ending not in FORMATS:
        raise Http404
    study = _study(key)
    try:
        report = _report(study, _choices(request, study))
    except ProtocolVersion.DoesNotExist:
        raise BadRequest(nothing_on_file()) from None
    name = f"{file_stem(report)}.{ending}"
    return HttpResponse(
        report_bytes(report, ending),
        headers={
            "Content-Type": FORMATS[ending][0],
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def _study(key: str) -> Study:
    return get_object_or_404(visible_studies(), key=key)


def _choices(request: HttpRequest, study: Study) -> ReportChoices:
    protocol = study.protocol_version().protocol
    return read_choices(request.GET, protocol, cut_allowed=not study.dates_are_relative)


def _report(study: Study, choices: ReportChoices) -> Report:
    return build_report(
        study,
        sight=sight_in_force(study),
        made_at=timezone.localtime(),
        data_cut=choices.data_cut,
        known_at=choices.known_at,
        blocks=choices.blocks,
        goals=choices.goals,
    )
