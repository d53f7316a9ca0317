"""Forms of the sign-in, in the registry's look: labels instead of placeholders, counted codes."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as code
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkey
from django import forms
from django.utils.translation import gettext_lazy as _

from registry.accounts import lockout, mails
from registry.models import User


class Plain(forms.Form):
    """A form without placeholders, which repeat the label and vanish while one types."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(Plain, account.LoginForm):
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["login"].widget.attrs |= {"autocapitalize": "none", "autofocus": True}

    def add_prefix(self, field_name: str) -> str:
        """The input is called what it is; allauth's own name serves addresses, too."""
        return "username" if field_name == "login" else super().add_prefix(field_name)

    def user_credentials(self) -> dict[str, Any]:
        """The name in its one spelling, so that look-alikes are one account."""
        typed: dict[str, Any] = super().user_credentials()
        return typed | {"username": User.normalize_username(typed["username"])}


class AskPasswordLinkForm(forms.Form):
    """Where the link for a new password is sent to."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def save(self, request: Any) -> None:
        """Queue the mail, whether or not the address is known."""
        mails.ask_password_link(self.cleaned_data["email"])


class NewPassword(Plain):
    """A new password, typed twice; what it must be stands above the form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = ""
        self.fields["password2"].label = _("New password, again")


class NewPasswordForm(NewPassword, account.ResetPasswordKeyForm):
    """A new password for somebody who came by a link."""


class ChangePasswordForm(NewPassword, account.ChangePasswordForm):
    """The current password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""


class PasswordAgainForm(Plain, account.ReauthenticateForm):
    """The password before something about the sign-in is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class CountedCode(Plain):
    """A typed second factor, of which five wrong ones lock out."""

    user: User

    def clean_code(self) -> str:
        """The code, when one of the person's second factors takes it."""
        request = context.request
        if lockout.is_locked_out(request, self.user.username):
            request.axes_locked_out = True
            raise forms.ValidationError(lockout.lockout_sentence())
        try:
            return str(super().clean_code())  # type: ignore[misc]
        except forms.ValidationError:
            lockout.count_wrong_code(request, self.user.username)
            raise


class CodeForm(CountedCode, code.AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(CountedCode, code.ReauthenticateForm):
    """A code before something about the sign-in is changed."""


class AddAppForm(Plain, ActivateTOTPForm):
    """The first code of a new authenticator app."""


class AddPasskeyForm(Plain, passkey.AddWebAuthnForm):
    """A new passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = _("Sign in with this passkey alone")
        alone.help_text = _(
            "The device asks for a finger, a face or a PIN. Without it the passkey is used after "
            "the password."
        )


class RenamePasskeyForm(Plain, passkey.EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
