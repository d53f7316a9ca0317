"""Temporary access to a case: giving it to a named person, ending it early."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from registry.errors import Refused
from registry.models import Patient, TemporaryAccess, User
from registry.permissions import require_with_patient
from registry.roles import Action
from registry.services import temporary_access
from registry.services.no_names import LONGEST
from registry.templatetags.values import day_text
from registry.views.findings import tell

_LAST_DAY = temporary_access.MOST_DAYS - 1
"""Days ahead of the last whole day that an access may have."""


class AccessForm(forms.Form):
    """Who may read the case, why, and until when."""

    use_required_attribute = False

    username = forms.CharField(
        label=gettext_lazy("User name"),
        help_text=gettext_lazy("Of an account of this registry: ask the person for it."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Shown on the patient's page. No names of patients."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        latest = day_text(timezone.localdate() + dt.timedelta(days=_LAST_DAY))
        self.fields["last_day"].help_text = _("At the latest {day}.").format(day=latest)

    def clean_last_day(self) -> dt.date:
        """A day from today to the latest one."""
        day: dt.date = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if not today <= day <= today + dt.timedelta(days=_LAST_DAY):
            raise forms.ValidationError(_("Choose a day from today to the latest one."))
        return day

    def ends_at(self) -> dt.datetime:
        """The end of the last day."""
        after = self.cleaned_data["last_day"] + dt.timedelta(days=1)
        return timezone.make_aware(dt.datetime.combine(after, dt.time.min))


@require_http_methods(["GET", "HEAD", "POST"])
def give_access(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Give somebody temporary access to a case; 403 for those who may not."""
    patient = get_object_or_404(
        Patient.objects.live().select_related("centre"), pseudonym=pseudonym
    )
    user = cast(User, request.user)
    require_with_patient(user, Action.GIVE_TEMPORARY_ACCESS, patient)
    form = AccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            temporary_access.give(
                patient=patient,
                username=form.cleaned_data["username"],
                reason=form.cleaned_data["reason"],
                ends_at=form.ends_at(),
                by=user,
            )
        except Refused as error:
            tell(form, error)
        else:
            messages.success(request, _("Access given. It ends by itself."))
            return HttpResponseRedirect(_section_of(patient))
    context = {"form": form, "patient": patient}
    status = 422 if form.errors else 200
    return render(request, "registry/access/give.html", context, status=status)


@require_POST
def end_access(request: HttpRequest, pk: int) -> HttpResponse:
    """End an access before its time, and back to the patient's page."""
    access = get_object_or_404(
        TemporaryAccess.objects.select_related("patient"),
        pk=pk,
        patient__voided_at__isnull=True,
    )
    try:
        temporary_access.end(access, by=cast(User, request.user))
    except Refused as error:
        messages.warning(request, " ".join(finding.message for finding in error.findings))
    else:
        messages.success(request, _("The access is ended."))
    return HttpResponseRedirect(_section_of(access.patient))


def _section_of(patient: Patient) -> str:
    return f"{reverse('registry:patient', args=[patient.pseudonym])}#access"
