"""Fresh credentials: asked again before something that a person answers for, as a signature."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext as _

from registry.accounts.lockout import (
    WRONG_CODE,
    WRONG_PASSWORD,
    count_wrong_code,
    is_locked_out,
    lockout_sentence,
)
from registry.models import User

CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
"""Second factors that are typed."""


def asks_code(user: User) -> bool:
    """True when the person has an authenticator app, whose code is asked beside the password."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def fresh_credentials(request: HttpRequest, user: User, *, password: str, code: str) -> str:
    """Empty when the person has shown again who they are, otherwise the sentence why not.

    Asked for are the password of those who have one, and a code of the authenticator app or a
    recovery code of those who have an app. A wrong one counts as one at the sign-in does: call this
    outside of a transaction that an error takes back.
    """
    needs_code = asks_code(user)
    if not user.is_active or not (user.has_usable_password() or needs_code):
        return _("You have neither a password nor an authenticator app. Set up one of them first.")
    if is_locked_out(request, user.username):
        return lockout_sentence()
    if user.has_usable_password():
        person = authenticate(request, username=user.username, password=password)
        if person is None or person.pk != user.pk:
            return str(WRONG_PASSWORD)
    if needs_code and not _code_fits(user, code):
        count_wrong_code(request, user.username)
        return str(WRONG_CODE)
    return ""


def _code_fits(user: User, code: str) -> bool:
    """True when one of the person's typed second factors accepts the code, which is used up."""
    factors = Authenticator.objects.filter(user=user, type__in=CODES)
    return bool(code.strip()) and any(factor.wrap().validate_code(code) for factor in factors)
