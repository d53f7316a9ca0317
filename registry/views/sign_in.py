"""Pages are closed to strangers; a form that is sent without a session is not lost."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from registry.accounts import kept_form
from registry.accounts.forms import SignInForm
from registry.accounts.views import sign_in_page

UNAUTHORISED = 401


def keeps_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose form is kept over a sign-in."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks strangers to sign in; keeps the form that a person whose session ended has sent."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """The sign-in page; 401 for a part of a page, which has no place for one."""
        if request.headers.get("HX-Request"):
            return HttpResponse(status=UNAUTHORISED)
        if request.method == "POST" and getattr(view_func, "keeps_typed", False):
            address = request.get_full_path()
            kept = kept_form.seal(request.POST, address)
            page = sign_in_page(request, kept=kept, then=address)
            page["form"] = SignInForm(request=request)
            return render(request, "account/login.html", page, status=UNAUTHORISED)
        return super().handle_no_permission(request, view_func)
