"""The webhooks of a centre, for those who keep accounts."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from followup.models import Webhook
from followup.models.webhook import LONGEST_NAME, LONGEST_URL
from followup.selectors.webhook_calls import last_calls, webhook_lines
from followup.services import webhooks as service
from registry.errors import Refused
from registry.models import Centre, User
from registry.views.account_keepers import account_keepers_only
from registry.views.findings import tell


class WebhookForm(forms.Form):
    """A new webhook."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("The system that is told, such as “Appointments”."),
        max_length=LONGEST_NAME,
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Where calls go, such as https://appointments.example.org/visits."),
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )


@sensitive_variables("secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@account_keepers_only
def webhooks(request: HttpRequest, pk: int) -> HttpResponse:
    """Webhooks of a centre and their last calls; the secret of a new one is shown once."""
    centre = get_object_or_404(Centre, pk=pk)
    by = cast(User, request.user)
    do = request.POST.get("do", "add") if request.method == "POST" else ""
    form = WebhookForm(request.POST if do == "add" else None)
    pressed = forms.Form(request.POST if do not in ("", "add") else None)
    if do == "add" and form.is_valid():
        try:
            webhook, secret = service.add(centre=centre, **form.cleaned_data, by=by)
        except Refused as error:
            tell(form, error)
        else:
            context = {"centre": centre, "webhook": webhook, "secret": secret}
            return render(request, "followup/webhooks/created.html", context)
    elif do not in ("", "add") and pressed.is_valid():
        try:
            messages.success(request, _done(do, _named(request, centre), by))
        except Refused as error:
            tell(pressed, error)
        else:
            return HttpResponseRedirect(reverse("followup:webhooks", args=[pk]))
    context = {
        "centre": centre,
        "form": form,
        "pressed": pressed,
        "lines": webhook_lines(centre),
        "calls": last_calls(centre),
    }
    status = 422 if form.errors or pressed.errors else 200
    return render(request, "followup/webhooks/list.html", context, status=status)


def _named(request: HttpRequest, centre: Centre) -> Webhook:
    """The webhook of the button that was pressed."""
    number = request.POST.get("webhook", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Http404
    return get_object_or_404(Webhook, pk=int(number), centre=centre)


def _done(do: str, webhook: Webhook, by: User) -> str:
    """Do what the button says; the sentence for the person."""
    if do == "test":
        service.send_test(webhook, by=by)
        return _("The test call goes out within a minute. Reload to see what became of it.")
    if do == "again":
        count = service.send_again(webhook, by=by)
        return ngettext(
            "%(count)d call is tried again within a minute.",
            "%(count)d calls are tried again within a minute.",
            count,
        ) % {"count": count}
    if do == "disable":
        service.disable(webhook, by=by)
        return _("Nothing is sent to this webhook any more.")
    if do == "enable":
        service.enable(webhook, by=by)
        return _("The webhook is told what is new from now on.")
    raise Http404
