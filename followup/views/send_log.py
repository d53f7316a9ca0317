"""The send log as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from followup.models import Reminder
from followup.selectors.send_log import LogLine, log_lines, people_to_suggest, send_log
from followup.views.reminders_forms import LogForm
from registry.csv_safe import csv_stream
from registry.scope import Scope, use_scope
from registry.selectors.audit_trail import chunks_of, page_of
from registry.selectors.studies import scope_in_force

PAGE_SIZE = 50
CHUNK_SIZE = 500
MOST_IN_FILE = 10_000
"""Reminders in one file; more are taken along day by day."""

Rows = Iterable[list[object]]


@require_safe
def reminders(request: HttpRequest) -> HttpResponse:
    """To the first of the pages of reminders."""
    return HttpResponseRedirect(reverse("followup:send_log"))


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What went to whom, when and why, and what was held back, of the patients of the reader."""
    form, rows = _asked(request)
    page, older = page_of(rows, _before(request), PAGE_SIZE)
    context = {
        "form": form,
        "lines": log_lines(page),
        "older": older,
        "people": people_to_suggest(),
        "most_in_file": MOST_IN_FILE,
    }
    return render(request, "followup/reminders/log.html", context)


@require_safe
def log_csv(request: HttpRequest) -> StreamingHttpResponse:
    """What :func:`log` shows, all pages, as a file; its last line says so when it was cut."""
    _form, rows = _asked(request)
    header = [
        *(_("Noticed (UTC)"), _("Patient"), _("Study"), _("Centre"), _("Visit")),
        *(_("Target date"), _("Kind"), _("Person"), _("Mail of"), _("What became of it")),
        *(_("Sent (UTC)"), _("Why"), _("Message-ID")),
    ]
    name = f"reminders-{timezone.localdate().isoformat()}"
    return csv_stream(name, header, _file_rows(rows, scope_in_force()))


def _asked(request: HttpRequest) -> tuple[LogForm, QuerySet[Reminder]]:
    """The reminders asked for; none while a field has an error."""
    form = LogForm(request.GET)
    cut = form.cut()
    return form, Reminder.objects.none() if cut is None else send_log(cut)


def _before(request: HttpRequest) -> int | None:
    """The key that the page comes before; what is no key is the first page."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _file_rows(rows: QuerySet[Reminder], scope: Scope) -> Iterator[Rows]:
    last: int | None = None
    for part in chunks_of(rows, CHUNK_SIZE, MOST_IN_FILE):
        # The file is sent after the request has left the scope of its reader.
        with use_scope(scope):
            yield [_file_row(line) for line in log_lines(part)]
        last = part[-1].pk
    if last is not None and rows.filter(pk__lt=last).exists():
        words = _("Cut after {count} lines. Choose fewer days to get the rest.")
        yield [[words.format(count=MOST_IN_FILE)]]


def _file_row(line: LogLine) -> list[object]:
    return [
        f"{line.noticed_at:%Y-%m-%d %H:%M:%S}",
        line.pseudonym,
        line.study,
        line.centre,
        line.visit,
        line.target,
        line.kind,
        line.person,
        line.mail_of,
        line.state_word,
        None if line.sent_at is None else f"{line.sent_at:%Y-%m-%d %H:%M:%S}",
        line.why,
        line.message_id,
    ]
