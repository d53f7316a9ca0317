"""Mails that may have arrived or not, and addresses that refuse mail: a person settles them."""

from __future__ import annotations

from typing import TypeVar, cast

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from followup.models import PostedMail
from followup.selectors.doubtful import (
    doubtful_digests,
    doubtful_letters,
    doubtful_mails,
    refused_addresses,
    refused_shown,
)
from followup.services.addresses import clear_refused
from followup.services.settling import it_arrived, send_again
from registry.errors import Refused
from registry.models import User
from registry.permissions import actions_of
from registry.roles import Action

PAGE_SIZE = 50
MOST_LETTERS = 100
Mail = TypeVar("Mail", bound=PostedMail)


@require_safe
def doubtful(request: HttpRequest) -> HttpResponse:
    """Doubtful mails, and addresses that refuse mail, that the reader may see to."""
    user = cast(User, request.user)
    page = Paginator(doubtful_digests(user), PAGE_SIZE).get_page(request.GET.get("page"))
    may = actions_of(user)
    context = {
        "page": page,
        "mails": doubtful_mails(page.object_list, user),
        "letters": doubtful_letters(user)[:MOST_LETTERS],
        "addresses": refused_shown(user, timezone.localdate()),
        "sees_others": bool(may & {Action.STEER_STUDY, Action.MANAGE_ACCOUNTS}),
        "keeps_accounts": Action.MANAGE_ACCOUNTS in may,
    }
    return render(request, "followup/reminders/doubtful.html", context)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of a doubtful digest that it arrived, or have it sent again."""
    return _settled(request, doubtful_digests(cast(User, request.user)), pk)


@require_POST
def settle_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of a doubtful letter that it arrived, or have it sent again."""
    return _settled(request, doubtful_letters(cast(User, request.user)), pk)


def _settled(request: HttpRequest, mails: QuerySet[Mail], pk: int) -> HttpResponse:
    user = cast(User, request.user)
    do = request.POST.get("do")
    mail = get_object_or_404(mails, pk=pk)
    if do not in ("arrived", "again"):
        raise BadRequest(_("Say whether the mail arrived or is to be sent again."))
    try:
        if do == "arrived":
            it_arrived(mail, by=user, now=timezone.now())
            messages.success(request, _("Noted: the mail arrived."))
        else:
            send_again(mail, by=user, now=timezone.now())
            messages.success(request, _("The mail is sent again with the next sweep."))
    except Refused as error:
        messages.error(request, error.findings[0].message)
    return _back()


@require_POST
def address_right(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of an address that refused mail that it is right again."""
    user = cast(User, request.user)
    refused = get_object_or_404(refused_addresses(user, timezone.localdate()), pk=pk)
    try:
        clear_refused(refused, by=user, now=timezone.now())
    except Refused as error:
        messages.error(request, error.findings[0].message)
    else:
        messages.success(request, _("Mails go to {person} again.").format(person=refused.user))
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("followup:doubtful"))
