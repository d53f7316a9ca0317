"""Transfers between centres: offering a patient, the list of offers, answering one."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from registry.errors import Refused
from registry.models import Centre, Patient, Transfer, User
from registry.permissions import require_with_patient
from registry.roles import Action
from registry.selectors.transfers import lines_of, visible_transfers
from registry.services import transfers
from registry.services.no_names import LONGEST
from registry.views.findings import tell

PAGE_SIZE = 50
_TEXT = forms.Textarea(attrs={"rows": 4})


class OfferForm(forms.Form):
    """To which centre, and why."""

    use_required_attribute = False

    to_centre = forms.ModelChoiceField(
        Centre.objects.none(), label=gettext_lazy("To"), to_field_name="code", empty_label="–"
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Read by both centres before and after the transfer. No names."),
        max_length=LONGEST,
        widget=_TEXT,
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = transfers.possible_centres(patient)
        cast(forms.ModelChoiceField, self.fields["to_centre"]).queryset = centres


class AcceptForm(forms.Form):
    """What the receiving hospital calls the patient, if it knows already."""

    use_required_attribute = False

    record_number = forms.CharField(
        label=gettext_lazy("Record number of your hospital"),
        help_text=gettext_lazy("May stay empty. That of the other hospital is not handed over."),
        max_length=200,
        required=False,
    )


class ReasonForm(forms.Form):
    """Why it is refused or withdrawn."""

    use_required_attribute = False

    answer = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Read by both centres. No names."),
        max_length=LONGEST,
        widget=_TEXT,
    )


@require_safe
def transfer_list(request: HttpRequest) -> HttpResponse:
    """Offers from and to the reader's centres, and of the reader's studies; waiting ones first."""
    page = Paginator(visible_transfers(), PAGE_SIZE).get_page(request.GET.get("page"))
    lines = lines_of(page.object_list, cast(User, request.user))
    return render(request, "registry/transfers/list.html", {"page": page, "lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
def offer_transfer(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Offer a patient to another centre; 403 for those who do not transfer patients there."""
    patient = get_object_or_404(
        Patient.objects.live().select_related("centre"), pseudonym=pseudonym
    )
    user = cast(User, request.user)
    require_with_patient(user, Action.TRANSFER_PATIENTS, patient)
    form = OfferForm(request.POST or None, patient=patient)
    if request.method == "POST" and form.is_valid():
        try:
            offered = transfers.offer(patient=patient, by=user, **form.cleaned_data)
        except Refused as error:
            tell(form, error)
        else:
            messages.success(
                request, _("Offered to {centre}.").format(centre=offered.to_centre.name)
            )
            return HttpResponseRedirect(reverse("registry:transfer", args=[offered.pk]))
    context = {"form": form, "patient": patient}
    status = 422 if form.errors else 200
    return render(request, "registry/transfers/offer.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer: the receiving centre accepts or refuses it here, the offering one withdraws it."""
    found = get_object_or_404(visible_transfers(), pk=pk)
    user = cast(User, request.user)
    do = request.POST.get("do", "")
    accept = AcceptForm(request.POST if do == "accept" else None)
    decline = ReasonForm(request.POST if do in ("refuse", "withdraw") else None)
    sent = accept if accept.is_bound else decline
    if sent.is_valid():
        try:
            return _answered(request, found, do, sent.cleaned_data, user)
        except Refused as error:
            tell(sent, error)
            found.refresh_from_db()
    (line,) = lines_of([found], user)
    context = {"line": line, "transfer": found, "accept": accept, "decline": decline, "sent": sent}
    status = 422 if sent.errors else 200
    return render(request, "registry/transfers/transfer.html", context, status=status)


def _answered(
    request: HttpRequest, found: Transfer, do: str, said: dict[str, str], user: User
) -> HttpResponse:
    """Do what was chosen and go on: to the case that is the reader's now, or back to the list.

    Raises:
        Refused, PermissionDenied: as :mod:`registry.services.transfers`.
    """
    if do == "accept":
        done = transfers.accept(found, by=user, record_number=said["record_number"])
        messages.success(request, _("The patient and the case are with your centre now."))
        return HttpResponseRedirect(reverse("registry:patient", args=[done.patient.pseudonym]))
    if do == "refuse":
        transfers.refuse(found, by=user, reason=said["answer"])
        messages.success(request, _("The offer is refused. The other centre is told why."))
    else:
        transfers.withdraw(found, by=user, reason=said["answer"])
        messages.success(request, _("The offer is withdrawn."))
    return HttpResponseRedirect(reverse("registry:transfers"))
