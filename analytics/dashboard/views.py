"""The dashboard for people of the study and for everybody, and the page on which it is opened."""

from __future__ import annotations

import hashlib
from typing import Any, cast
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from analytics.dashboard.cached import dashboard_html
from analytics.dashboard.forms import DashboardForm, initial_of
from analytics.dashboard.history import history
from analytics.dashboard.limits import DashboardRate
from analytics.dashboard.reading import setting_in_force, setting_of_key
from analytics.models import Audience
from analytics.services.dashboard import replace_address, switch
from registry.errors import Refused
from registry.models import Study, User
from registry.permissions import may_in_study, require_in_study
from registry.roles import Action
from registry.selectors.studies import visible_studies
from registry.views.findings import tell

TOO_MANY_REQUESTS = 429

PUBLIC_HEADERS = {
    # A browser asks each time, so that an address that was replaced shows nothing any more.
    "Cache-Control": "private, no-cache",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


@require_safe
def dashboard(request: HttpRequest, key: str) -> HttpResponse:
    """The dashboard for people of the study; while it is closed, for those who steer it only."""
    study = get_object_or_404(visible_studies(), key=key)
    setting = setting_in_force(study)
    steers = may_in_study(cast(User, request.user), Action.STEER_STUDY, study)
    is_closed = setting.audience == Audience.OFF
    if is_closed and not steers:
        raise Http404
    context = {
        "study": study,
        "is_closed": is_closed,
        "steers": steers,
        "contents": dashboard_html(setting, now=timezone.now()),
    }
    return render(request, "analytics/dashboard/page.html", context)


@sensitive_variables("key")
@login_not_required
@require_safe
def public_dashboard(request: HttpRequest, key: str) -> HttpResponse:
    """The dashboard behind a public address; 404 says nothing about why there is none."""
    wait = DashboardRate().seconds_to_wait(request)
    if wait is not None:
        headers = PUBLIC_HEADERS | {"Retry-After": str(wait)}
        return HttpResponse(status=TOO_MANY_REQUESTS, headers=headers)
    setting = setting_of_key(key)
    if setting is None:
        raise Http404
    context = {
        "study": setting.study,
        "contents": dashboard_html(setting, now=timezone.now()),
    }
    response = render(request, "analytics/dashboard/public.html", context)
    etag = quote_etag(hashlib.sha256(response.content).hexdigest())
    for name, value in (PUBLIC_HEADERS | {"ETag": etag}).items():
        response.headers[name] = value
    answer = get_conditional_response(request, etag=etag, response=response)
    return cast(HttpResponse, answer)


@sensitive_variables("new_key", "address")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dashboard_settings(request: HttpRequest, key: str) -> HttpResponse:
    """Who opened what to whom; opens, closes, chooses, and with ``do=replace`` gives a new address.

    A new public address is shown once, and nowhere again.

    Raises:
        PermissionDenied: to those who do not steer the study.
    """
    study, user = get_object_or_404(visible_studies(), key=key), cast(User, request.user)
    require_in_study(user, Action.STEER_STUDY, study)
    form = _form(request, study)
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            if request.POST.get("do") == "replace":
                setting, new_key = replace_address(study=study, seen=seen, by=user)
            else:
                setting, new_key = switch(study=study, choice=form.choice(), seen=seen, by=user)
        except Refused as error:
            tell(form, error)
        else:
            if new_key:
                path = reverse("analytics:public_dashboard", args=[new_key])
                address = urljoin(settings.SITE_URL, path)
                shown = {"study": study, "address": address}
                return render(request, "analytics/dashboard/address.html", shown)
            messages.success(request, _said(setting.audience))
            return redirect("analytics:dashboard_settings", key)
    setting = setting_in_force(study)
    context = {
        "study": study,
        "form": form,
        "setting": setting,
        "is_public": setting.audience == Audience.PUBLIC,
        "history": history(study),
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/dashboard/settings.html", context, status=status)


def _form(request: HttpRequest, study: Study) -> DashboardForm:
    protocol = study.protocol_version().protocol
    given: dict[str, Any] = {"initial": initial_of(setting_in_force(study)), "protocol": protocol}
    return DashboardForm(request.POST if request.method == "POST" else None, **given)


def _said(audience: str) -> str:
    if audience == Audience.OFF:
        return _("The dashboard is closed.")
    return _("The dashboard is open to %(audience)s.") % {"audience": Audience(audience).label}
