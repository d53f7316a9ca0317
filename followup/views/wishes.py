"""How the reader wants to be reminded, and when they are away."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from followup.models import Leave
from followup.selectors import wishes as selectors
from followup.selectors.doubtful import own_refused
from followup.services import wishes as service
from followup.views.reminders_forms import LeaveForm, WishForm
from registry.errors import Refused
from registry.models import User
from registry.views.findings import tell


@require_http_methods(["GET", "HEAD", "POST"])
def reminder_wishes(request: HttpRequest) -> HttpResponse:
    """The own wishes in words, the form for others, and the own leaves."""
    user = cast(User, request.user)
    today = timezone.localdate()
    do = request.POST.get("do", "")
    wish = selectors.wishes_of(user)
    wishes = WishForm(request.POST) if do == "wish" else WishForm.of(wish)
    leave = LeaveForm(request.POST if do == "leave" else None, user=user, today=today)
    sent: WishForm | LeaveForm = leave if do == "leave" else wishes
    if do in ("stop", "start"):
        return _switched(request, do, user)
    if sent.is_valid():
        try:
            return _done(request, sent, user)
        except Refused as error:
            tell(sent, error)
    context = {
        "today": today,
        "wish": wish,
        "is_reminded": selectors.is_reminded(user, today),
        "next_day": selectors.next_digest_of(user, wish, today),
        "leave_of_today": selectors.leave_of_today(user, today),
        "leaves": selectors.own_leaves(user, today),
        "standing_in": selectors.standing_in(user, today),
        "refused": own_refused(user),
        "wishes": wishes,
        "leave_form": leave,
        "sent": sent,
    }
    status = 422 if sent.errors else 200
    return render(request, "followup/reminders/wishes.html", context, status=status)


@require_POST
def leave_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one of the own leaves."""
    user = cast(User, request.user)
    leave = get_object_or_404(Leave, pk=pk, user=user)
    try:
        service.cancel_leave(leave, by=user, now=timezone.now())
    except Refused as error:
        messages.error(request, error.findings[0].message)
    else:
        messages.success(request, _("The leave is cancelled."))
    return _back()


def _switched(request: HttpRequest, do: str, user: User) -> HttpResponse:
    if do == "stop":
        service.unsubscribe(user, now=timezone.now())
        messages.success(request, _("You get no mails any more, but for visits long overdue."))
    else:
        service.subscribe_again(user)
        messages.success(request, _("You get mails again."))
    return _back()


def _done(request: HttpRequest, sent: forms.Form, user: User) -> HttpResponse:
    """Store what was sent.

    Raises:
        Refused: as :mod:`followup.services.wishes`.
    """
    if isinstance(sent, WishForm):
        service.set_wishes(user, **sent.cleaned_data)
        messages.success(request, _("Your wishes are saved."))
    else:
        service.enter_leave(user, today=timezone.localdate(), **sent.cleaned_data)
        messages.success(request, _("The leave is entered."))
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("followup:reminder_wishes"))
