"""Saying that a visit will not be as expected: one visit with its history, or several missed."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from followup import services
from followup.models import ExpectedVisit
from followup.selectors.words import overdue_among, visit_with_patient, words_on
from followup.services.words import visit_name, why_no_word
from followup.views.safe_return import return_address
from followup.views.word_forms import MissedForm, WithdrawForm, WordForm
from registry.errors import Refused
from registry.models import User
from registry.permissions import centres_of_entry, require_anywhere, require_case_entry
from registry.roles import Action
from registry.views.findings import tell

METHODS = ["GET", "HEAD", "POST"]
MOST_VISITS = 200
"""How many visits one reason may be given for at once."""

LONGEST_KEY = 19
"""Digits from which on a number is no key of a row."""


@require_http_methods(METHODS)
def visit_word(request: HttpRequest, pk: int) -> HttpResponse:
    """What is said about a visit; its centre says something, or takes it back."""
    visit = visit_with_patient(pk)
    if visit is None:
        raise Http404
    user = cast(User, request.user)
    patient = visit.enrolment.patient
    require_case_entry(user, patient.centre_id)
    words = words_on(visit)
    held = next((word for word in words if word.is_in_force), None)
    seen = held.pk if held is not None else 0
    do = request.POST.get("do", "") if request.method == "POST" else ""
    say = WordForm(request.POST if do == "say" else None, visit=visit, seen=seen)
    withdraw = WithdrawForm(
        request.POST if do == "withdraw" else None, prefix="withdraw", seen=seen
    )
    back = return_address(
        request, f"{reverse('registry:patient', args=[patient.pseudonym])}#visits"
    )
    bound: forms.Form | None = {"say": say, "withdraw": withdraw}.get(do)
    if bound is not None and bound.is_valid():
        try:
            told = _do(visit, bound, user)
        except Refused as error:
            tell(bound, error)
        else:
            messages.success(request, told)
            return HttpResponseRedirect(back)
    context = {
        "visit": visit,
        "patient": patient,
        "status": visit.status_on(timezone.localdate()),
        "today": timezone.localdate(),
        "words": words,
        "held": held,
        "refusal": why_no_word(visit, held),
        "say": say,
        "withdraw": withdraw,
        "form": bound or say,
        "back": back,
    }
    status = 422 if bound is not None else 200
    return render(request, "followup/visit_word.html", context, status=status)


@require_http_methods(METHODS)
def visits_missed(request: HttpRequest) -> HttpResponse:
    """One reason for several overdue visits that were missed; each is recorded singly.

    Of visits that are not overdue any more, or not of the person's own centres, none is taken.
    """
    user = cast(User, request.user)
    require_anywhere(user, Action.ENTER_CASES)
    back = return_address(request, f"{reverse('registry:home')}#overdue")
    given = [*request.GET.getlist("visits"), *request.POST.getlist("visits")]
    keys = _keys(given)
    today = timezone.localdate()
    offered = overdue_among(keys[:MOST_VISITS], today)
    if offered.exclude(enrolment__patient__centre__in=centres_of_entry(user)).exists():
        raise PermissionDenied(_("You do not enter cases at this centre."))
    posted = request.POST if request.method == "POST" else None
    form = MissedForm(posted, offered=offered)
    if form.is_valid():
        visits = form.cleaned_data["visits"]
        try:
            services.say_missed(visits, by=user, reason=form.reason_given(), today=today)
        except Refused as error:
            tell(form, error)
        else:
            count = len(visits)
            text = ngettext("{n} visit is missed.", "{n} visits are missed.", count)
            messages.success(request, text.format(n=count))
            return HttpResponseRedirect(back)
    context = {
        "form": form,
        "visits": offered,
        # At first all of them are ticked; later those that the person left ticked.
        "ticked": set(keys if posted is None else _keys(posted.getlist("visits"))),
        "today": today,
        "back": back,
        "gone": len(keys) - len(offered),
    }
    status = 422 if form.errors else 200
    return render(request, "followup/visits_missed.html", context, status=status)


def _do(visit: ExpectedVisit, form: forms.Form, user: User) -> str:
    """Say or take back what the form holds; returns what happened, in words."""
    today = timezone.localdate()
    if isinstance(form, WordForm):
        word = services.say_about_visit(visit, by=user, today=today, **form.said())
        text = _("{visit}: {kind}.")
        return text.format(visit=visit_name(visit), kind=word.get_kind_display())
    data: dict[str, Any] = form.cleaned_data
    services.withdraw_word(visit, by=user, today=today, **data)
    return _("{visit}: taken back.").format(visit=visit_name(visit))


def _keys(given: list[str]) -> list[int]:
    """Keys of visits from an address or a form; what cannot be one is left out."""
    return sorted({int(key) for key in given if key.isdecimal() and len(key) < LONGEST_KEY})
