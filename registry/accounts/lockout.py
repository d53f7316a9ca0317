"""Lockout after wrong passwords and codes: counted by django-axes, in the database.

Counted are a user name and an address together, so that nobody can lock a colleague out from
elsewhere. Every place that looks at a password or a code counts here: signing in, signing in again
and signing a form.
"""

from __future__ import annotations

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext as _

from registry.models import User


def name_for_counting(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The one spelling of the user name, so that look-alikes are counted together."""
    typed = (credentials or request.POST).get("username")
    return User.normalize_username(typed) if isinstance(typed, str) else None


def is_locked_out(request: HttpRequest, username: str) -> bool:
    """True while this user name is refused from the address of the request."""
    return not AxesProxyHandler.is_allowed(request, {"username": username})


def count_wrong_code(request: HttpRequest, username: str) -> None:
    """Count a wrong second factor as a wrong password is counted."""
    user_login_failed.send(sender=__name__, credentials={"username": username}, request=request)


def lockout_sentence() -> str:
    """What a person is told while they are locked out."""
    return _("Too many wrong passwords or codes. Wait 15 minutes, then try again.")
