"""Signing in; and signing in again when the session ended while a form was being filled.

A form that is sent without a session is not lost: what was typed travels, encrypted, with the
sign-in page and becomes the person's draft when the same person has signed in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.contrib.auth import views as auth
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from registry import keyring
from registry.services import drafts

KEPT_SECONDS = 12 * 60 * 60
"""How long a sign-in page keeps what was typed: one working day, as a session."""

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
            page = {
                "form": AuthenticationForm(request),
                "next": request.get_full_path(),
                "kept": _seal(request.POST, request.get_full_path()),
            }
            return render(request, "registration/login.html", page, status=UNAUTHORISED)
        return super().handle_no_permission(request, view_func)


class SignIn(auth.LoginView):
    """The sign-in page."""

    next_page = "registry:home"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page keeps what was typed over a wrong password, too."""
        return super().get_context_data(**kwargs) | {"kept": self.request.POST.get("kept", "")}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, and give back what was typed before."""
        answer = super().form_valid(form)
        kept = self.request.POST.get("kept", "")
        if kept and not _give_back(kept, form.get_user()):
            messages.warning(
                self.request,
                _("What was typed before was typed by another person, or too long ago."),
            )
        return answer


def _seal(data: QueryDict, address: str) -> str:
    """What was typed, readable by the registry only."""
    parts = {"at": time.time(), "address": address, "fields": data.urlencode()}
    return keyring.encrypt(json.dumps(parts))


def _give_back(kept: str, user: Any) -> bool:
    """Make the kept form a draft of the person who typed it; False when it is not theirs."""
    try:
        parts = json.loads(keyring.decrypt(kept))
    except (InvalidToken, ValueError):
        return False
    data = QueryDict(parts["fields"])
    if data.get("user") != str(user.pk) or time.time() - parts["at"] > KEPT_SECONDS:
        return False
    drafts.keep_draft(user=user, address=parts["address"], data=data)
    return True
