"""Centres, the studies they take part in, and the plain facts of a study."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from registry.errors import Refused
from registry.models import Centre, Participation, Study, User
from registry.services import centres as service
from registry.services.studies import add_centre_to_study
from registry.views.account_keepers import account_keepers_only
from registry.views.findings import tell
from registry.views.people_forms import ReasonForm, day_field

METHODS = ["GET", "HEAD", "POST"]


class CentreForm(forms.Form):
    """What is known about a centre beside its code."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    country = forms.CharField(
        label=gettext_lazy("Country"),
        help_text=gettext_lazy("Two letters (ISO 3166-1), such as JP."),
        max_length=2,
        required=False,
    )
    timezone = forms.CharField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Such as Asia/Tokyo."),
        max_length=60,
        initial="UTC",
    )


class NewCentreForm(CentreForm):
    """A new centre."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Short, for tables and files; never changed later."),
        max_length=20,
    )
    field_order = ("code", "name", "country", "timezone")


class ChangeCentreForm(ReasonForm, CentreForm):
    """A centre changed, with the reason."""

    field_order = ("name", "country", "timezone", "reason")


class PlanForm(forms.Form):
    """When a centre began in a study, and how many patients are planned."""

    activated_on = day_field(gettext_lazy("Activated on"))
    target_accrual = forms.IntegerField(
        label=gettext_lazy("Planned patients"), required=False, min_value=0, max_value=1_000_000
    )
    planned_per_month = forms.DecimalField(
        label=gettext_lazy("Planned patients per month"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=6,
        decimal_places=2,
    )


class JoinForm(PlanForm):
    """A centre takes part in a study."""

    study = forms.ModelChoiceField(label=gettext_lazy("Study"), queryset=Study.objects.none())
    field_order = ("study", "activated_on", "target_accrual", "planned_per_month")

    def __init__(self, *args: Any, centre: Centre, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        studies = Study.objects.exclude(participations__centre=centre)
        self.fields["study"].queryset = studies  # type: ignore[attr-defined]


class ChangePlanForm(ReasonForm, PlanForm):
    """Another plan, with the reason."""

    field_order = ("activated_on", "target_accrual", "planned_per_month", "reason")


class StudyForm(ReasonForm):
    """What may be changed about a study."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    target_accrual = forms.IntegerField(
        label=gettext_lazy("Planned patients"), required=False, min_value=0, max_value=1_000_000
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    follow_up_ends_on = day_field(
        gettext_lazy("Follow-up ends on"),
        gettext_lazy("Close of the study: no visit is expected from this day on."),
    )
    field_order = ("title", "target_accrual", "follow_up_ends_on", "note", "reason")


@require_safe
@account_keepers_only
def centres(request: HttpRequest) -> HttpResponse:
    """All centres with their studies, and all studies."""
    parts = Participation.objects.select_related("study").order_by("study__key")
    context = {
        "centres": Centre.objects.prefetch_related(Prefetch("participations", parts)),
        "studies": Study.objects.prefetch_related("participations", "protocol_versions"),
    }
    return render(request, "registry/centres/list.html", context)


@require_http_methods(METHODS)
@account_keepers_only
def centre_new(request: HttpRequest) -> HttpResponse:
    """A new centre."""
    form = NewCentreForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = service.add_centre(**form.cleaned_data, by=cast(User, request.user))
        except Refused as error:
            tell(form, error)
        else:
            return HttpResponseRedirect(reverse("registry:centre", args=[made.pk]))
    status = 422 if form.errors else 200
    return render(request, "registry/centres/new.html", {"form": form}, status=status)


@require_http_methods(METHODS)
@account_keepers_only
def centre(request: HttpRequest, pk: int) -> HttpResponse:
    """One centre: its name and place, and the studies it takes part in."""
    shown = get_object_or_404(Centre, pk=pk)
    data, do = (request.POST, request.POST.get("do")) if request.method == "POST" else (None, None)
    initial = {name: getattr(shown, name) for name in ("name", "country", "timezone")}
    change = ChangeCentreForm(data if do == "change" else None, prefix="change", initial=initial)
    join = JoinForm(data if do == "join" else None, prefix="join", centre=shown)
    by = cast(User, request.user)
    bound = next((form for form in (change, join) if form.is_bound), None)
    if bound is not None and bound.is_valid():
        try:
            if bound is change:
                service.change_centre(shown, **change.cleaned_data, by=by)
            else:
                add_centre_to_study(centre=shown, **join.cleaned_data, by=by)
        except Refused as error:
            tell(bound, error)
        else:
            messages.success(request, _("The change is saved."))
            return HttpResponseRedirect(reverse("registry:centre", args=[pk]))
    context = {
        "centre": Centre.objects.get(pk=pk),  # without what was refused
        "participations": shown.participations.select_related("study").order_by("study__key"),
        "change": change,
        "join": join,
    }
    status = 422 if bound is not None else 200
    return render(request, "registry/centres/centre.html", context, status=status)


@require_http_methods(METHODS)
@account_keepers_only
def participation(request: HttpRequest, pk: int) -> HttpResponse:
    """What is planned for a centre in a study."""
    shown = get_object_or_404(Participation.objects.select_related("study", "centre"), pk=pk)
    names = ("activated_on", "target_accrual", "planned_per_month")
    initial = {name: getattr(shown, name) for name in names}
    form = ChangePlanForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            service.change_participation(shown, **form.cleaned_data, by=cast(User, request.user))
        except Refused as error:
            tell(form, error)
        else:
            messages.success(request, _("The change is saved."))
            return HttpResponseRedirect(reverse("registry:centre", args=[shown.centre_id]))
    context = {"participation": shown, "form": form}
    status = 422 if form.errors else 200
    return render(request, "registry/centres/participation.html", context, status=status)


@require_http_methods(METHODS)
@account_keepers_only
def study_facts(request: HttpRequest, key: str) -> HttpResponse:
    """Title, plan and note of a study; its protocol versions to read."""
    shown = get_object_or_404(Study, key=key)
    names = ("title", "target_accrual", "follow_up_ends_on", "note")
    initial = {name: getattr(shown, name) for name in names}
    form = StudyForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            service.change_study(shown, **form.cleaned_data, by=cast(User, request.user))
        except Refused as error:
            tell(form, error)
        else:
            messages.success(request, _("The change is saved."))
            return HttpResponseRedirect(reverse("registry:study_facts", args=[key]))
    context = {
        "study": Study.objects.get(pk=shown.pk),  # without what was refused
        "versions": shown.protocol_versions.order_by("-number"),
        "participations": shown.participations.select_related("centre").order_by("centre__code"),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "registry/centres/study.html", context, status=status)
