"""What the registry's sign-in does otherwise than allauth's."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.accounts import kept_form, mails, session_limits
from registry.accounts.lockout import WRONG_PASSWORD, address_of
from registry.models import User

NO_ADDRESS = "0.0.0.0"  # noqa: S104 - shown, not listened on


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation or by the single sign-on, never by strangers."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("Please enter a correct username and password."),
        "incorrect_password": WRONG_PASSWORD,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Address shown in the list of sessions; a server on a socket knows none."""
        return address_of(request) or NO_ADDRESS

    def post_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse:
        """Give back the form that was sent after the last session had ended."""
        answer: HttpResponse = super().post_login(request, user, **hooks)
        kept_form.give_back(request, user)
        return answer

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Nothing that tells a deactivated account from an unknown one."""
        messages.error(request, _("Signing in did not succeed."))
        return redirect("login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in is not asked again."""
        just_now = (
            session_limits.seconds_since_sign_in(self.request)
            < app_settings.REAUTHENTICATION_TIMEOUT
        )
        return not just_now and super().is_reauthentication_required(app=app, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the own account."""
        return reverse("account")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person by mail what was changed about their sign-in."""
        mails.tell_of_change(user, template_prefix)
