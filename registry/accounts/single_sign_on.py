"""Single sign-on by OpenID Connect, when the deployment has one (OIDC_ISSUER).

Who comes by it for the first time gets an account without any role. An address that belongs to an
account already is not taken over: its owner signs in as before and connects the two.
"""

from __future__ import annotations

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.models import User

CONFLICT = 409


def is_offered() -> bool:
    """Whether the deployment has a single sign-on."""
    return bool(settings.SOCIALACCOUNT_PROVIDERS)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """What the registry does otherwise than allauth."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whom the hospital's sign-in knows gets an account; what it may do is granted here."""
        return is_offered()

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict) -> User:
        """The name that colleagues see."""
        user: User = super().populate_user(request, sociallogin, data)
        user.display_name = (data.get("name") or "")[:150]
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Stop before a second account of the same address is made.

        Raises:
            ImmediateHttpResponse: with the page that says so.
        """
        connects = sociallogin.state.get("process") == AuthProcess.CONNECT
        if sociallogin.is_existing or connects:
            return
        addresses = {address.email for address in sociallogin.email_addresses}
        addresses |= {sociallogin.user.email} - {""}
        if any(User.objects.filter(email__iexact=address).exists() for address in addresses):
            page = {"name": settings.OIDC_NAME}
            raise ImmediateHttpResponse(
                render(request, "socialaccount/address_taken.html", page, status=CONFLICT)
            )

    def on_authentication_error(
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> None:
        """Back to the sign-in page, without what the other side said.

        Raises:
            ImmediateHttpResponse: always.
        """
        messages.error(request, _("Signing in did not succeed."))
        raise ImmediateHttpResponse(redirect("login"))

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: SocialAccount) -> str:
        """Back to the own account."""
        return reverse("account")
