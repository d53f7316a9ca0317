"""The person's own calendar feeds, and the feeds themselves."""

from __future__ import annotations

import hashlib
from typing import cast
from urllib.parse import urljoin

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from followup.calendar_limits import FeedRate
from followup.calendars import calendar_text
from followup.models.feed import LONGEST_NAME
from followup.selectors.calendar_visits import calendar_visits, scope_of
from followup.services import calendar_feeds as service
from registry.errors import Refused
from registry.models import Centre, User
from registry.permissions import centres_with, may_anywhere
from registry.roles import Action
from registry.views.findings import tell

TOO_MANY_REQUESTS = 429


class CalendarForm(forms.Form):
    """A new calendar feed."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Shown in your calendar program, such as “Outlook at work”."),
        max_length=LONGEST_NAME,
    )
    centre = forms.ModelChoiceField(
        label=gettext_lazy("It shows"), queryset=Centre.objects.none(), required=False
    )

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        super().__init__(data)
        field = cast(forms.ModelChoiceField, self.fields["centre"])
        field.queryset = centres_with(user, Action.READ_CASES)
        field.empty_label = _("All visits that I see")


@sensitive_variables("key", "address")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendars(request: HttpRequest) -> HttpResponse:
    """The person's calendars; the address of a new one is shown once, and nowhere again."""
    user = cast(User, request.user)
    form = CalendarForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        try:
            feed, key = service.create(user=user, **form.cleaned_data)
        except Refused as error:
            tell(form, error)
        else:
            address = urljoin(settings.SITE_URL, reverse("followup:calendar_feed", args=[key]))
            context = {"feed": feed, "address": address}
            return render(request, "followup/calendars/created.html", context)
    context = {
        "form": form,
        "feeds": service.in_force(user).select_related("centre"),
        "may_make": may_anywhere(user, Action.READ_CASES),
    }
    status = 422 if form.errors else 200
    return render(request, "followup/calendars/list.html", context, status=status)


@require_POST
def calendar_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's own calendars."""
    user = cast(User, request.user)
    service.revoke(get_object_or_404(service.in_force(user), pk=pk), by=user)
    messages.success(request, _("The calendar is revoked. Its address shows nothing any more."))
    return HttpResponseRedirect(reverse("followup:calendars"))


@sensitive_variables("key")
@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, key: str) -> HttpResponse:
    """The calendar of that key, by the rights that its person has at this moment.

    404 says nothing about why: unknown, revoked, person deactivated, role ended.
    """
    feed = service.feed_of(key)
    scope = scope_of(feed) if feed is not None else None
    if feed is None or scope is None:
        raise Http404
    wait = FeedRate(feed).seconds_to_wait(request)
    if wait is not None:
        headers = {"Retry-After": str(wait), "Cache-Control": "private, no-store"}
        return HttpResponse(status=TOO_MANY_REQUESTS, headers=headers)
    today = timezone.localdate()
    body = calendar_text(feed, calendar_visits(feed, scope, today=today), today=today)
    service.note_reading(feed)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = 'inline; filename="follow-up.ics"'
    response.headers["ETag"] = etag
    answer = get_conditional_response(request, etag=etag, response=response)
    return cast(HttpResponse, answer)
