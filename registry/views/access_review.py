"""The review of access: who has what, confirmed or revoked line by line."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.errors import Refused
from registry.models import User
from registry.selectors.access_review import accesses, held
from registry.services import access_review as service
from registry.views.account_keepers import account_keepers_only
from registry.views.findings import tell
from registry.views.people_forms import ReasonForm

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@account_keepers_only
def access_review(request: HttpRequest) -> HttpResponse:
    """All access of today, the overdue first; a page at a time."""
    refused: ReasonForm | None = None
    if request.method == "POST":
        refused = _decide(request)
        if refused is None:
            return HttpResponseRedirect(request.get_full_path())
    rows = accesses()
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    lines = [
        (row, refused if refused and refused.prefix == row.key else ReasonForm(prefix=row.key))
        for row in page
    ]
    context = {
        "lines": lines,
        "page": page,
        "overdue": sum(row.is_overdue for row in rows),
        "refused": refused,
    }
    return render(request, "registry/access_review.html", context, status=422 if refused else 200)


def _decide(request: HttpRequest) -> ReasonForm | None:
    """Confirm or revoke a line; the form with what was refused, None when it was done."""
    key, do = request.POST.get("line", ""), request.POST.get("do", "")
    row = held(key)
    if row is None or do not in ("confirm", "revoke"):
        raise Http404
    by = cast(User, request.user)
    if do == "confirm":
        service.confirm(row, by=by)
        messages.success(request, _("Confirmed."))
        return None
    form = ReasonForm(request.POST, prefix=key)
    if form.is_valid():
        try:
            service.revoke(row, by=by, reason=form.cleaned_data["reason"])
        except Refused as error:
            tell(form, error)
    if form.errors:
        return form
    messages.success(request, _("Revoked."))
    return None
