"""The person's own API tokens."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from registry.errors import Refused
from registry.models import User
from registry.selectors.access_review import last_day
from registry.services import tokens as service
from registry.time_zones import installation_day
from registry.views.findings import tell
from registry.views.people_forms import day_field


class TokenForm(forms.Form):
    """A new token."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What the token is used for, such as the script and its machine."),
        max_length=80,
    )
    may_write = forms.TypedChoiceField(
        label=gettext_lazy("It may"),
        coerce=lambda value: value == "write",
        choices=[("read", gettext_lazy("read")), ("write", gettext_lazy("read and write"))],
    )
    ends_on = day_field(gettext_lazy("Last day"), required=True)

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        today = installation_day()
        usual = today + dt.timedelta(days=service.USUAL_DAYS)
        super().__init__(data, initial={"ends_on": usual})
        self.fields["ends_on"].help_text = _("At most a year ahead.")
        if not service.may_hold_writing_token(user):
            choices: Any = self.fields["may_write"]
            choices.choices = choices.choices[:1]
            choices.help_text = _("Your roles only read.")


@sensitive_variables("shown")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The person's tokens; a new one is shown on the answer to its form, and nowhere again."""
    user = cast(User, request.user)
    form = TokenForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_bound and form.is_valid():
        try:
            token, shown = service.create(user=user, **form.cleaned_data)
        except Refused as error:
            tell(form, error)
        else:
            context = {"token": token, "shown": shown, "last_day": last_day(token)}
            return render(request, "registry/tokens/created.html", context)
    context = {
        "form": form,
        "tokens": [(token, last_day(token)) for token in service.in_force(user)],
    }
    status = 422 if form.errors else 200
    return render(request, "registry/tokens/list.html", context, status=status)


@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's own tokens."""
    user = cast(User, request.user)
    service.revoke(get_object_or_404(service.in_force(user), pk=pk), by=user)
    messages.success(request, _("The token is revoked."))
    return HttpResponseRedirect(reverse("registry:tokens"))
