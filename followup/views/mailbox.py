"""The mailbox of the embedded default: the mails that the signed-in person was sent."""

from __future__ import annotations

import json

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from followup.models import Mail

MAILS_PER_PAGE = 50


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The mails to the signed-in person, the newest first; 404 where mail really goes out."""
    page = Paginator(_own_mails(request), MAILS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "followup/mailbox.html", {"page": page})


@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail to the signed-in person."""
    row = get_object_or_404(_own_mails(request), pk=pk)
    return render(request, "followup/mail.html", {"mail": row})


def _own_mails(request: HttpRequest) -> QuerySet[Mail]:
    if not settings.DEMO:
        raise Http404
    address = request.user.email  # type: ignore[union-attr]
    if not address:
        return Mail.objects.none()
    # The address as it stands in the JSON list, quotes included, so that no part of one matches.
    return Mail.objects.filter(recipients__icontains=json.dumps(address))
