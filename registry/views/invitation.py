"""The page to which an invitation leads: its person chooses a password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.errors import Refused
from registry.services import invitations
from registry.views.findings import tell


class PasswordForm(forms.Form):
    """A password, typed twice."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        data = super().clean() or {}
        if "again" in data and data.get("password") != data["again"]:
            self.add_error("again", _("The two passwords differ."))
        return data


@sensitive_post_parameters()
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a password by the mailed link; 410 where the link is not good any more."""
    invited = invitations.open_invitation(code)
    if invited is None:
        return render(request, "registry/people/invitation_over.html", status=410)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            invitations.accept(code, password=form.cleaned_data["password"])
        except Refused as error:
            tell(form, error)
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
    context = {"form": form, "person": invited.user}
    status = 422 if form.errors else 200
    return render(request, "registry/people/invitation.html", context, status=status)
