"""A study's schedule and the versions of its protocol, for everybody who sees the study."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.models import ProtocolVersion, User
from registry.permissions import may_in_study
from registry.protocol_in_force import in_force
from registry.roles import Action
from registry.selectors.protocol_versions import versions_of
from registry.selectors.studies import visible_studies


@require_safe
def schedule(request: HttpRequest, study: str) -> HttpResponse:
    """The schedule in words, and since when which version holds, by whom and why.

    ``?version=2`` shows that version instead of the one in force; 404 where there is none.
    """
    row = get_object_or_404(visible_studies(), key=study)
    lines = versions_of(row)
    today = timezone.localdate()
    versions = [line.version for line in lines]
    current = in_force(versions, today) if versions else None
    asked = request.GET.get("version", "")
    version = next((one for one in versions if str(one.number) == asked), None)
    if asked and version is None:
        raise Http404
    version = version or current
    protocol = version.protocol if version is not None else None
    is_scheduled = protocol is not None and protocol.schedule is not None
    may_amend = may_in_study(cast(User, request.user), Action.AMEND_PROTOCOL, row)
    page = {
        "study": row,
        "version": version,
        "current": current,
        "protocol": protocol,
        "lines": lines,
        "today": today,
        "is_scheduled": is_scheduled and not row.dates_are_relative,
        "may_amend": may_amend,
    }
    return render(request, "followup/schedule/page.html", page)


@require_safe
def schedule_file(request: HttpRequest, study: str, number: int) -> HttpResponse:
    """A version of the protocol as its TOML file."""
    version: ProtocolVersion = get_object_or_404(
        ProtocolVersion, study__in=visible_studies(), study__key=study, number=number
    )
    name = f"{version.study.key}-{version.number}.toml"
    return HttpResponse(
        version.source,
        content_type="application/toml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
