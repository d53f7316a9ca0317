"""Pages of the own account, and the doors by which one signs in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from allauth.account.views import LoginView, PasswordChangeView
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import LoginWebAuthnView
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from registry.accounts import kept_form, second_factor, single_sign_on
from registry.models import User


class SignIn(LoginView):
    """The sign-in page."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign in, by one step or more; what was typed before goes along."""
        kept_form.take_along(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page keeps what was typed over a wrong password, too."""
        page: dict[str, Any] = super().get_context_data(**kwargs)
        kept = self.request.POST.get(kept_form.FIELD, "")
        return page | sign_in_page(self.request, kept=kept)


def sign_in_page(request: HttpRequest, *, kept: str = "", then: str = "") -> dict[str, Any]:
    """What the sign-in page shows beside its form."""
    return {
        "next": then or request.POST.get("next", "") or request.GET.get("next", ""),
        "kept": kept,
        "single_sign_on": settings.OIDC_NAME if single_sign_on.is_offered() else "",
    }


class SignInByPasskey(LoginWebAuthnView):
    """Signing in with a passkey alone."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign in; what was typed before goes along."""
        kept_form.take_along(request)
        answer: HttpResponse = super().post(request, *args, **kwargs)
        return answer


@login_not_required
@require_POST
def sign_in_elsewhere(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """On to the single sign-on; what was typed before goes along."""
    kept_form.take_along(request)
    return _asked_of(openid_connect.login, request, provider_id)


@login_not_required
@require_safe
def back_from_elsewhere(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the single sign-on, with its word who the person is."""
    return _asked_of(openid_connect.callback, request, provider_id)


def _asked_of(
    view: Callable[..., HttpResponseBase], request: HttpRequest, provider_id: str
) -> HttpResponseBase:
    """The answer; the sign-in page when the other side cannot be reached."""
    try:
        return view(request, provider_id)
    except RequestException:
        messages.error(request, _("The single sign-on does not answer. Try again later."))
        return redirect("login")


class ChangePassword(PasswordChangeView):
    """Another password, for those who have one; the others sign in elsewhere."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The form, or back to the account."""
        if not cast(User, request.user).has_usable_password():
            return redirect("account")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The own account: how one signs in, from where, and what one may do."""
    user = cast(User, request.user)
    factors = list(Authenticator.objects.filter(user=user))
    page = {
        "person": user,
        "has_app": any(one.type == Authenticator.Type.TOTP for one in factors),
        "passkeys": sum(one.type == Authenticator.Type.WEBAUTHN for one in factors),
        "has_codes": any(one.type == Authenticator.Type.RECOVERY_CODES for one in factors),
        "factor_required": second_factor.is_required_of(user),
        "sessions": len(UserSession.objects.purge_and_list(user)),
        "single_sign_on": settings.OIDC_NAME if single_sign_on.is_offered() else "",
        "connected": SocialAccount.objects.filter(user=user).exists(),
    }
    return render(request, "account/account.html", page)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own sessions, on this device or another."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == request.session.session_key:
        session.delete()
        logout(request)
        return redirect("login")
    session.end()
    return redirect("usersessions_list")
