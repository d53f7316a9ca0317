"""Messages about a case: sending one, reading a thread, answering, settling."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from registry.errors import Refused
from registry.models import CaseMessage, Patient, User
from registry.permissions import require_with_patient
from registry.roles import Action
from registry.selectors.messages import thread_of, waits_for
from registry.services import messages
from registry.services.no_names import LONGEST
from registry.views.findings import tell


class MessageForm(forms.Form):
    """What is written."""

    use_required_attribute = False

    text = forms.CharField(
        label=gettext_lazy("Message"),
        help_text=gettext_lazy("No names."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def send_message(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Write to the patient's centre; 403 for those who steer no study of the patient."""
    patient = get_object_or_404(
        Patient.objects.live().select_related("centre"), pseudonym=pseudonym
    )
    user = cast(User, request.user)
    require_with_patient(user, Action.SEND_MESSAGES, patient)
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = messages.send(patient=patient, text=form.cleaned_data["text"], by=user)
        except Refused as error:
            tell(form, error)
        else:
            notices.success(request, _("Sent to {centre}.").format(centre=patient.centre.name))
            return HttpResponseRedirect(reverse("registry:message", args=[sent.pk]))
    context = {"form": form, "patient": patient}
    status = 422 if form.errors else 200
    return render(request, "registry/messages/send.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """A thread; both sides write on here, or take it off their list."""
    found = get_object_or_404(
        CaseMessage.objects.select_related("patient__centre", "reply_to"),
        pk=pk,
        patient__voided_at__isnull=True,
    )
    user = cast(User, request.user)
    do = request.POST.get("do", "")
    form = MessageForm(request.POST if do == "answer" else None)
    if do == "settle":
        try:
            messages.settle(found, by=user)
        except Refused as error:
            notices.warning(request, " ".join(finding.message for finding in error.findings))
        return HttpResponseRedirect(reverse("registry:home"))
    if form.is_valid():
        try:
            messages.answer(found, text=form.cleaned_data["text"], by=user)
        except Refused as error:
            tell(form, error)
        else:
            return HttpResponseRedirect(request.path)
    thread = thread_of(found)
    context = {
        "thread": thread,
        "patient": found.patient,
        "form": form,
        "may_answer": messages.may_answer(user, found),
        "waits": waits_for(user, thread),
    }
    status = 422 if form.errors else 200
    return render(request, "registry/messages/thread.html", context, status=status)
