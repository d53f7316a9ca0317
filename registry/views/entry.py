"""Entry pages: shown, computed while typing, saved."""

from __future__ import annotations

from collections.abc import Callable
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
from registry.entry.links import new_address
from registry.entry.looks import record_shown
from registry.entry.opening import open_entry
from registry.entry.pages import PAGES, next_page
from registry.entry.saving import save
from registry.errors import NeedsConfirmation, Refused, Stale
from registry.models import User
from registry.services import drafts, submissions
from registry.views.entry_context import page_context
from registry.views.sign_in import keeps_typed

Opened = Callable[[QueryDict | None], Entry]
"""The page of the request, with what was typed laid into it."""

After = Callable[[Entry, str], str]
"""Where the person goes after saving, by the button pressed ("next", "another", "")."""


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, form: str, key: str, pseudonym: str) -> HttpResponse:
    """A form of a patient: shown with the person's draft if there is one, or saved."""
    return serve(request, lambda data: open_entry(request, form, key, pseudonym, data), _after)


def serve(request: HttpRequest, opened: Opened, after: After) -> HttpResponse:
    """Any form: shown, a row added, a computed value taken over, thrown away, or saved."""
    user = cast(User, request.user)
    address = request.get_full_path()
    if request.method == "POST":
        if "add" in request.POST:
            entry = opened(request.POST)
            entry.add_row(request.POST["add"])
            drafts.keep_draft(user=user, address=address, data=request.POST)
            return _page(request, entry)
        if "take" in request.POST:
            taken = QueryDict(request.POST["take"])
            entry = opened(with_taken(request.POST, taken))
            entry.focus_on(taken)
            drafts.keep_draft(user=user, address=address, data=entry.data or request.POST)
            return _page(request, entry)
        if request.POST.get("then") == "discard":
            drafts.throw_away(user=user, address=address)
            return redirect(after(opened(None), ""))
        return _save(request, opened, after)
    draft = drafts.draft_of(user, address)
    data = drafts.typed_in(draft) if draft is not None else None
    entry = opened(data)
    if draft is not None and entry.lock is not None:
        # What was typed waits until the form is unlocked; shown is what is saved.
        entry, draft = opened(None), None
    if draft is not None and submissions.answer_given(entry.submission, user) is not None:
        # The last figures were asked for while the form was being saved: that is no draft.
        entry, draft = opened(None), None
    return _page(request, entry, draft=draft)


def with_taken(data: QueryDict, taken: QueryDict) -> QueryDict:
    """What was typed, with computed values put into their fields by the press of a button."""
    filled = data.copy()
    for name in taken:
        filled.setlist(name, taken.getlist(name))
    return filled


@require_POST
def live(request: HttpRequest, form: str, key: str, pseudonym: str) -> HttpResponse:
    """The figures that follow from what is typed; keeps it as a draft."""
    return serve_live(request, open_entry(request, form, key, pseudonym, request.POST))


def serve_live(request: HttpRequest, entry: Entry) -> HttpResponse:
    """The figures beside any form."""
    address = request.get_full_path().replace("/live/", "/enter/", 1)
    user = cast(User, request.user)
    if submissions.answer_given(entry.submission, user) is None:
        drafts.keep_draft(user=user, address=address, data=request.POST)
    return render(request, "registry/entry/_live.html", page_context(entry, address))


def _save(request: HttpRequest, opened: Opened, after: After) -> HttpResponse:
    user = cast(User, request.user)
    data = settle(request.POST)
    entry = opened(data)
    answered = submissions.answer_given(entry.submission, user)
    if answered is not None:
        return HttpResponseRedirect(answered)
    try:
        with transaction.atomic():
            if is_unsettled(request.POST):
                raise Stale
            submissions.take(entry.submission, user=user)
            save(entry)
            # Only now: a new row may have got another number than it was shown with.
            answer = after(entry, data.get("then", ""))
            submissions.answer(entry.submission, answer)
            drafts.throw_away(user=user, address=request.get_full_path())
    except NeedsConfirmation as error:
        entry.asked = list(error.findings)
    except Refused as error:
        entry.tell(error.findings)
    except Stale:
        # What is in the database now, beside what was typed.
        entry = opened(data)
        show_conflict(entry, opened(None))
    except IntegrityError:
        # The same submission was taken in the same moment: its answer is there now.
        answered = submissions.answer_given(entry.submission, user)
        if answered is None:
            raise
        return HttpResponseRedirect(answered)
    else:
        _say_saved(request, entry)
        return HttpResponseRedirect(answer)
    drafts.keep_draft(user=user, address=request.get_full_path(), data=data)
    return _page(request, entry, status=422)


def _page(
    request: HttpRequest, entry: Entry, *, draft: object = None, status: int = 200
) -> HttpResponse:
    record_shown(entry)
    context = {**page_context(entry, request.get_full_path()), "draft": draft}
    return render(request, "registry/entry/page.html", context, status=status)


def _after(entry: Entry, then: str) -> str:
    """Where the person goes after saving: the next form, the same form anew, or the patient."""
    form = entry.page.key
    pseudonym = entry.patient.pseudonym
    if then == "another" and entry.page.many:
        return reverse("registry:enter", args=[form, "new", pseudonym])
    if then in entry.page.offers and then in PAGES:
        return _offered(entry, then)
    following = next_page(form)
    if then == "next" and following is not None:
        return reverse("registry:enter", args=[following.key, following.first_key, pseudonym])
    return _patient_page(entry)


def _offered(entry: Entry, key: str) -> str:
    """A new form of another kind, which may take over what was entered here."""
    address = new_address(key, entry.patient)
    number = getattr(entry.root, "number", "")
    return f"{address}?{entry.page.key}={number}"


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
