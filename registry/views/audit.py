"""The audit trail over many patients, who looked at which identity, and both as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from registry.csv_safe import csv_stream
from registry.models import AuditEvent, IdentityLook, User
from registry.scope import Scope, use_scope
from registry.selectors.audit_trail import (
    AuditReach,
    TrailLine,
    chunks_of,
    lines_of,
    page_of,
    people_of,
    trail,
)
from registry.selectors.looks import look_lines, looks
from registry.selectors.studies import scope_in_force
from registry.views.audit_forms import LooksForm, TrailForm

PAGE_SIZE = 50
CHUNK_SIZE = 500
MOST_IN_FILE = 200_000
"""Events or looks in one file; more are taken along day by day."""

Rows = Iterable[Iterable[list[object]]]


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """What was changed, by whom, when and why, cut by patient, person, day and table."""
    reach, form, events = _asked_trail(request)
    page, older = page_of(events, _before(request), PAGE_SIZE)
    return render(
        request,
        "registry/audit/trail.html",
        {
            "form": form,
            "lines": lines_of(page),
            "older": older,
            "people": people_of(reach),
            "sees_looks": _sees_cases(reach),
        },
    )


@require_safe
def audit_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What :func:`audit` shows, all pages, as a file: a line for every value."""
    _reach, _form, events = _asked_trail(request)
    header = [
        *(_("When (UTC)"), _("Who"), _("Patient"), _("What"), _("Done")),
        *(_("Field"), _("Before"), _("After"), _("Why"), _("Origin"), _("Number of the event")),
    ]
    return csv_stream(_file_name("audit"), header, _trail_rows(events, scope_in_force()))


@require_safe
def audit_looks(request: HttpRequest) -> HttpResponse:
    """Who was shown the identity of which patient, when and where."""
    reach, form, rows = _asked_looks(request)
    page, older = page_of(rows, _before(request), PAGE_SIZE)
    return render(
        request,
        "registry/audit/looks.html",
        {"form": form, "lines": look_lines(page), "older": older, "people": people_of(reach)},
    )


@require_safe
def audit_looks_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What :func:`audit_looks` shows, all pages, as a file."""
    _reach, _form, rows = _asked_looks(request)
    header = [_("When (UTC)"), _("Who"), _("Patient"), _("Where")]
    return csv_stream(_file_name("looks"), header, _look_rows(rows))


def _asked_trail(request: HttpRequest) -> tuple[AuditReach, TrailForm, QuerySet[AuditEvent]]:
    """The reader's reach, and the events asked for; none while a field has an error."""
    reach = AuditReach.of(cast(User, request.user))
    if not (_sees_cases(reach) or reach.keeps_accounts):
        raise PermissionDenied(_("None of your roles lets you read the audit trail."))
    form = TrailForm(request.GET, reach=reach)
    cut = form.cut()
    return reach, form, AuditEvent.objects.none() if cut is None else trail(reach, cut)


def _asked_looks(request: HttpRequest) -> tuple[AuditReach, LooksForm, QuerySet[IdentityLook]]:
    reach = AuditReach.of(cast(User, request.user))
    if not _sees_cases(reach):
        raise PermissionDenied(_("None of your roles lets you read who looked at identities."))
    form = LooksForm(request.GET)
    cut = form.cut()
    nothing = IdentityLook._base_manager.none()
    return reach, form, nothing if cut is None else looks(reach, cut)


def _sees_cases(reach: AuditReach) -> bool:
    return bool(reach.centre_ids or reach.study_ids)


def _before(request: HttpRequest) -> int | None:
    """The key that the page comes before; what is no key is the first page."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _trail_rows(events: QuerySet[AuditEvent], scope: Scope) -> Rows:
    for part in chunks_of(events, CHUNK_SIZE, MOST_IN_FILE):
        # The file is sent after the request has left the scope of its reader.
        with use_scope(scope):
            rows = [row for line in lines_of(part) for row in _event_rows(line)]
        yield rows


def _event_rows(line: TrailLine) -> Iterator[list[object]]:
    change = line.change
    who = change.actor or _("The registry itself")
    what = [f"{change.at:%Y-%m-%d %H:%M:%S}", who, line.pseudonym, change.thing, change.operation]
    why = [change.reason, change.origin, change.id]
    for value in change.values:
        yield [*what, value.field, value.old, value.new, *why]
    if not change.values:
        yield [*what, "", "", "", *why]


def _look_rows(rows: QuerySet[IdentityLook]) -> Rows:
    for part in chunks_of(rows, CHUNK_SIZE, MOST_IN_FILE):
        yield [
            [f"{line.at:%Y-%m-%d %H:%M:%S}", line.person, line.pseudonym, line.place]
            for line in look_lines(part)
        ]


def _file_name(what: str) -> str:
    return f"{what}-{timezone.now():%Y-%m-%d}"
