"""Pages of scheduled reports: the copies of a reader, schedules and history, a new schedule."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.models import ReportCopy, ReportSchedule
from analytics.reports.blocks import BLOCKS
from analytics.reports.due import next_due_day
from analytics.reports.files import FORMATS
from analytics.reports.reading import copies_of, history, own_copy
from analytics.reports.running import ask_for_reports
from analytics.reports.schedule_forms import ScheduleForm
from analytics.reports.sight import Sight
from analytics.reports.words import rhythm_words, sight_words
from analytics.services.report_schedules import ask_for_test, end_schedule, make_schedule
from registry.errors import Refused
from registry.models import Study, User
from registry.permissions import may_in_study, require_anywhere, studies_with
from registry.roles import Action
from registry.selectors.studies import visible_studies
from registry.views.findings import tell

STEER = Action.STEER_STUDY


@require_safe
def reports(request: HttpRequest, key: str) -> HttpResponse:
    """The reader's own copies; for coordinators what is scheduled and what went to whom."""
    study = get_object_or_404(visible_studies(), key=key)
    user = cast(User, request.user)
    context: dict[str, Any] = {"study": study, "copies": copies_of(user, study)}
    if may_in_study(user, STEER, study):
        context |= {"steers": True, "schedules": _schedules(study), "issues": history(study)}
    return render(request, "analytics/schedules/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_schedule(request: HttpRequest, key: str) -> HttpResponse:
    """A form for a schedule; ``?replaces=`` one that ends with it."""
    user = cast(User, request.user)
    study = _steered(request, key)
    replaced = _replaced(request, study)
    form = ScheduleForm(
        request.POST if request.method == "POST" else None,
        study=study,
        initial=ScheduleForm.initial_of(replaced) if replaced else {"blocks": list(BLOCKS)},
    )
    if form.is_bound and form.is_valid():
        try:
            make_schedule(
                study=study, plan=form.plan(), by=user, now=timezone.now(), replaces=replaced
            )
        except Refused as error:
            tell(form, error)
        else:
            messages.success(request, _("%(title)s is scheduled.") % form.cleaned_data)
            return redirect("analytics:reports", key)
    context = {"study": study, "form": form, "replaced": replaced}
    status = 422 if form.errors else 200
    return render(request, "analytics/schedules/new.html", context, status=status)


@require_POST
def end(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """End a schedule."""
    schedule = _schedule(request, key, pk)
    try:
        end_schedule(schedule=schedule, by=cast(User, request.user), now=timezone.now())
    except Refused as error:
        messages.error(request, error.findings[0].message)
    else:
        messages.success(request, _("%(title)s has ended.") % {"title": schedule.title})
    return redirect("analytics:reports", key)


@require_POST
def test(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Have a report made and sent to oneself."""
    schedule = _schedule(request, key, pk)
    try:
        ask_for_test(schedule=schedule, by=cast(User, request.user), now=timezone.now())
    except Refused as error:
        messages.error(request, error.findings[0].message)
    else:
        transaction.on_commit(ask_for_reports)
        messages.success(request, _("A test is being made. It comes to you alone, in a minute."))
    return redirect("analytics:reports", key)


@require_safe
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """A copy of the reader, to be opened or saved."""
    own = _own_copy(request, pk)
    context = {
        "copy": own,
        "issue": own.issue,
        "study": own.issue.schedule.study,
        "sight": sight_words(Sight.read(own.edition.sight)),
        "formats": list(FORMATS),
    }
    return render(request, "analytics/schedules/copy.html", context)


@require_safe
def copy_file(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """A copy of the reader as a file."""
    if ending not in FORMATS:
        raise Http404
    own = _own_copy(request, pk)
    name = f"{own.issue.schedule.study.key}-report-{own.issue.number}.{ending}"
    return HttpResponse(
        bytes(getattr(own.edition, ending)),
        headers={
            "Content-Type": FORMATS[ending][0],
            "Content-Disposition": f'attachment; filename="{name}"',
        },
    )


def _schedules(study: Study) -> list[dict[str, Any]]:
    readers = Prefetch("readers", User.objects.order_by("display_name", "username"))
    running = ReportSchedule.objects.filter(study=study, ended_at=None).prefetch_related(readers)
    now = timezone.now()
    return [
        {
            "schedule": schedule,
            "rhythm": rhythm_words(schedule),
            "next_day": next_due_day(schedule, now=now),
            "readers": schedule.readers.all(),
            "preview": _preview(schedule),
        }
        for schedule in running.select_related("study", "made_by")
    ]


def _preview(schedule: ReportSchedule) -> str:
    """The part of the address after "?" of the report as it would be now."""
    pairs = [("block", key) for key in schedule.blocks or BLOCKS]
    return urlencode([*pairs, *(("goal", goal) for goal in schedule.goals)])


def _steered(request: HttpRequest, key: str) -> Study:
    user = cast(User, request.user)
    require_anywhere(user, STEER)
    return get_object_or_404(Study, key=key, pk__in=studies_with(user, STEER))


def _schedule(request: HttpRequest, key: str, pk: int) -> ReportSchedule:
    return get_object_or_404(ReportSchedule, study=_steered(request, key), pk=pk)


def _replaced(request: HttpRequest, study: Study) -> ReportSchedule | None:
    pk = request.GET.get("replaces", "")
    if not pk:
        return None
    if not pk.isdecimal():
        raise Http404
    return get_object_or_404(ReportSchedule, study=study, pk=int(pk), ended_at=None)


def _own_copy(request: HttpRequest, pk: int) -> ReportCopy:
    own = own_copy(cast(User, request.user), pk)
    if own is None:
        raise Http404
    return own
