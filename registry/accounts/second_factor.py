"""Second factors: whose roles need one, and where their secrets lie.

The secrets of authenticator apps and recovery codes are encrypted with the identity keyring.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import keyring
from registry.accounts.lockout import WRONG_CODE
from registry.api.problem_middleware import ROOT, problem_response
from registry.models import User
from registry.permissions import may_anywhere
from registry.roles import Action

FORBIDDEN = 403

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""What counts as a second factor; recovery codes only stand in for one."""

SET_UP = "mfa_index"
"""Name of the page on which second factors are set up."""

OPEN_WITHOUT = frozenset(
    {
        SET_UP,
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "account_reauthenticate",
        "login",
        "logout",
    }
)
"""Names of the pages that a person without a required second factor reaches."""


def is_required_of(user: User) -> bool:
    """True when a role of the person shows who patients are, and the deployment asks for it."""
    return settings.MFA_REQUIRED and may_anywhere(user, Action.READ_IDENTITY)


def is_missing(user: User) -> bool:
    """True when the person needs a second factor and has none: nothing else is open to them."""
    if not settings.MFA_REQUIRED:
        return False
    has_one = Authenticator.objects.filter(user=user, type__in=FACTORS).exists()
    return not has_one and is_required_of(user)


class SecondFactorMiddleware:
    """Sends a person who needs a second factor and has none to where one is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The view decides; see ``process_view``."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """None when the view may go on."""
        if not (settings.MFA_REQUIRED and request.user.is_authenticated):
            return None
        match = request.resolver_match
        if (match is not None and match.view_name in OPEN_WITHOUT) or not is_missing(request.user):
            return None
        if request.path.startswith(ROOT):
            sentence = _("Your roles need a second factor. Set it up in the browser first.")
            return problem_response(request, FORBIDDEN, sentence)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=FORBIDDEN)
        return redirect(SET_UP)


class SecondFactorAdapter(DefaultMFAAdapter):
    """What the registry does otherwise than allauth."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": gettext_lazy(
            "Your roles need a second factor: set up another one before you remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        """Secret as it is stored."""
        return keyring.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Secret as it is used."""
        return keyring.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """How authenticator apps name the registry."""
        return _("Sarcoma RT Registry")

    def get_totp_label(self, user: User) -> str:
        """How authenticator apps name the account."""
        return user.username

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """How browsers name the registry when they ask for a passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """Name proposed for a new passkey."""
        return _("Passkey {number}").format(
            number=Authenticator.objects.filter(user=user, type=type).count() + 1
        )

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays while a role needs one."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return others.exclude(pk=authenticator.pk).exists() or not is_required_of(
            authenticator.user
        )
