"""Entry pages: shown, computed while typing, saved."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from registry.entry.conflict import is_unsettled, settle, show_conflict
from registry.entry.entry import Entry
from registry.entry.opening import open_entry
from registry.entry.pages import next_page
from registry.entry.saving import save
from registry.errors import NeedsConfirmation, Refused, Stale
from registry.models import User
from registry.services import drafts, submissions
from registry.views.entry_context import page_context


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, form: str, key: str, pseudonym: str) -> HttpResponse:
    """A form of a patient: shown with the person's draft if there is one, or saved."""
    user = cast(User, request.user)
    address = request.get_full_path()
    if request.method == "POST":
        if "add" in request.POST:
            entry = open_entry(request, form, key, pseudonym, request.POST)
            entry.add_row(request.POST["add"])
            drafts.keep_draft(user=user, address=address, data=request.POST)
            return _page(request, entry)
        if request.POST.get("then") == "discard":
            drafts.throw_away(user=user, address=address)
            return redirect(_patient_page(open_entry(request, form, key, pseudonym)))
        return _save(request, form, key, pseudonym)
    draft = drafts.draft_of(user, address)
    data = drafts.typed_in(draft) if draft is not None else None
    return _page(request, open_entry(request, form, key, pseudonym, data), draft=draft)


@require_POST
def live(request: HttpRequest, form: str, key: str, pseudonym: str) -> HttpResponse:
    """The figures that follow from what is typed; keeps it as a draft."""
    entry = open_entry(request, form, key, pseudonym, request.POST)
    address = request.get_full_path().replace("/live/", "/enter/", 1)
    drafts.keep_draft(user=cast(User, request.user), address=address, data=request.POST)
    return render(request, "registry/entry/_live.html", page_context(entry, address))


def _save(request: HttpRequest, form: str, key: str, pseudonym: str) -> HttpResponse:
    user = cast(User, request.user)
    data = settle(request.POST)
    entry = open_entry(request, form, key, pseudonym, data)
    answered = submissions.answer_given(entry.submission, user)
    if answered is not None:
        return HttpResponseRedirect(answered)
    answer = _after(entry, form, data)
    try:
        with transaction.atomic():
            if is_unsettled(request.POST):
                raise Stale
            submissions.take(entry.submission, user=user, answer=answer)
            save(entry)
            drafts.throw_away(user=user, address=request.get_full_path())
    except NeedsConfirmation as error:
        entry.asked = list(error.findings)
    except Refused as error:
        entry.tell(error.findings)
    except Stale:
        # What is in the database now, beside what was typed.
        entry = open_entry(request, form, key, pseudonym, data)
        show_conflict(entry, open_entry(request, form, key, pseudonym))
    except IntegrityError:
        # The same submission was taken in the same moment; its answer is there now.
        return HttpResponseRedirect(submissions.answer_given(entry.submission, user) or answer)
    else:
        _say_saved(request, entry)
        return HttpResponseRedirect(answer)
    drafts.keep_draft(user=user, address=request.get_full_path(), data=data)
    return _page(request, entry, status=422)


def _page(
    request: HttpRequest, entry: Entry, *, draft: object = None, status: int = 200
) -> HttpResponse:
    context = {**page_context(entry, request.get_full_path()), "draft": draft}
    return render(request, "registry/entry/page.html", context, status=status)


def _after(entry: Entry, form: str, data: QueryDict) -> str:
    """Where the person goes after saving: the next form, the same form anew, or the patient."""
    then = data.get("then", "")
    pseudonym = entry.patient.pseudonym
    if then == "another" and entry.page.many:
        return reverse("registry:enter", args=[form, "new", pseudonym])
    following = next_page(form)
    if then == "next" and following is not None:
        return reverse("registry:enter", args=[following.key, following.first_key, pseudonym])
    return _patient_page(entry)


def _patient_page(entry: Entry) -> str:
    address = reverse("registry:patient", args=[entry.patient.pseudonym])
    return f"{address}#{entry.page.section}"


def _say_saved(request: HttpRequest, entry: Entry) -> None:
    left = [finding for finding in entry.findings_as_typed() if finding.severity == "incomplete"]
    own = [finding for finding in left if entry.bound_row_of(finding.row) is not None]
    text = _("{form} saved.").format(form=entry.page.title)
    if own:
        more = ngettext(
            "{count} required item is still missing; it is on your worklist.",
            "{count} required items are still missing; they are on your worklist.",
            len(own),
        )
        text = f"{text} {more.format(count=len(own))}"
    messages.success(request, text)
