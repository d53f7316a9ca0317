"""Lockout after wrong passwords and codes: counted by django-axes, in the database.

Counted are a user name and an address together, so that nobody can lock a colleague out from
elsewhere. Every place that looks at a password or a code counts here: signing in, signing in again
and signing a form.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import User

TOO_MANY_REQUESTS = 429

WRONG_PASSWORD = gettext_lazy("The password is wrong.")
WRONG_CODE = gettext_lazy("The code is wrong, or it was used already: wait for the next one.")


def name_for_counting(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The one spelling of the user name, so that look-alikes are counted together."""
    typed = (credentials or request.POST).get("username")
    return User.normalize_username(typed) if isinstance(typed, str) else None


def address_of(request: HttpRequest) -> str | None:
    """Where the request came from; proxies are believed as far as TRUSTED_PROXY_COUNT says."""
    address: str | None = get_client_ip(request)
    return address


def is_locked_out(request: HttpRequest, username: str) -> bool:
    """True while this user name is refused from the address of the request."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def count_wrong_code(request: HttpRequest, username: str) -> None:
    """Count a wrong second factor as a wrong password is counted."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def lockout_sentence() -> str:
    """What a person is told while they are locked out."""
    minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
    return _("Too many wrong passwords or codes. Wait {minutes} minutes, then try again.").format(
        minutes=minutes
    )


def lockout_answer(
    request: HttpRequest, answer: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The page in place of another when a lockout begins or stands."""
    page = {"sentence": lockout_sentence(), "kept": request.POST.get("kept", "")}
    return render(request, "account/locked_out.html", page, status=TOO_MANY_REQUESTS)
