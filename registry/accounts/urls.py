"""Addresses of signing in and of the own account; what allauth has beyond them is not reachable."""

from allauth.account import views as password
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LogoutView
from django.urls import path, reverse_lazy

from registry.accounts import views

FACTORS = reverse_lazy("mfa_index")

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    # The name by which allauth asks for the same page.
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("login/code/", factors.authenticate, name="mfa_authenticate"),
    path("login/passkey/", views.SignInByPasskey.as_view(), name="mfa_login_webauthn"),
    path("login/<slug:provider_id>/", views.sign_in_elsewhere, name="openid_connect_login"),
    path(
        "login/<slug:provider_id>/back/",
        views.back_from_elsewhere,
        name="openid_connect_callback",
    ),
    path("logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path("account/", views.account, name="account"),
    path("account/again/", password.reauthenticate, name="account_reauthenticate"),
    path("account/again/code/", factors.reauthenticate, name="mfa_reauthenticate"),
    path(
        "account/again/passkey/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/password/", views.ChangePassword.as_view(), name="account_change_password"),
    path("account/password/new/", password.password_reset, name="account_reset_password"),
    path(
        "account/password/new/sent/",
        password.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "account/password/new/<str:uidb36>/<str:key>/",
        password.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "account/password/new/done/",
        password.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/factors/", factors.index, name="mfa_index"),
    path("account/factors/app/", app.activate_totp, name="mfa_activate_totp"),
    path("account/factors/app/remove/", app.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/factors/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/factors/codes/new/",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/factors/codes/file/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("account/factors/passkeys/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path(
        "account/factors/passkeys/<int:pk>/",
        passkeys.EditWebAuthnView.as_view(success_url=FACTORS),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/factors/passkeys/<int:pk>/remove/",
        passkeys.RemoveWebAuthnView.as_view(success_url=FACTORS),
        name="mfa_remove_webauthn",
    ),
    path("account/sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("account/sessions/<int:pk>/end/", views.end_session, name="end_session"),
]
