"""Marks of forms: source data verified, locked and unlocked, signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from registry.case import Case, load_case
from registry.case_forms import FormKey
from registry.errors import Finding, Refused
from registry.models import Patient, User
from registry.selectors.form_contents import contents_of
from registry.selectors.marks import form_words, marks_of
from registry.selectors.own_centre import is_own_centre
from registry.selectors.patient_sections import field_words, section_of
from registry.selectors.row_words import row_words
from registry.services import marks
from registry.services.credentials import asks_code, fresh_credentials
from registry.services.identity_looks import Place, record_look
from registry.views.findings import tell


class UnlockForm(forms.Form):
    """Why a form is unlocked."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It is kept in the history. No names."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SignForm(forms.Form):
    """What the signature means, and fresh credentials."""

    meaning = forms.ChoiceField(label=gettext_lazy("My signature means"), widget=forms.RadioSelect)
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code of your authenticator app"),
        help_text=gettext_lazy("Or one of your recovery codes."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, key: FormKey, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meaning"].choices = list(marks.meanings_of(key).items())  # type: ignore[attr-defined]
        if not user.has_usable_password():
            del self.fields["password"]
        if not asks_code(user):
            del self.fields["code"]


@require_POST
def mark_form(request: HttpRequest, entity: str, row_id: int, pseudonym: str) -> HttpResponseBase:
    """Verify a form, withdraw that, or lock it: one button each."""
    patient, case, key = _opened(entity, row_id, pseudonym)
    user = cast(User, request.user)
    steps: Mapping[str, tuple[Callable[..., object], str]] = {
        "verify": (marks.verify, _("{form}: source data verified.")),
        "withdraw": (marks.withdraw_verification, _("{form}: verification withdrawn.")),
        "lock": (marks.lock, _("{form} locked.")),
    }
    step, said = steps.get(request.POST.get("do", ""), (None, ""))
    words = form_words(case)[key][0]
    try:
        if step is None:
            raise Refused([Finding("mark", "impossible", _("Choose what to do."), "", None, "do")])
        step(patient, key, by=user)
    except Refused as error:
        page = {"patient": patient, "words": words, "findings": error.findings}
        return render(request, "registry/marks/refused.html", page, status=422)
    messages.success(request, f"{said.format(form=words)} {_left_open(case, key, step)}".strip())
    return HttpResponseRedirect(_back(patient, key))


def _left_open(case: Case, key: FormKey, step: object) -> str:
    """What a person who locks an incomplete form should know."""
    count = len(marks.left_open(case, key)) if step is marks.lock else 0
    words = ngettext(
        "It is not complete: {count} item is open, and nobody can enter it now.",
        "It is not complete: {count} items are open, and nobody can enter them now.",
        count,
    )
    return words.format(count=count) if count else ""


@require_http_methods(["GET", "HEAD", "POST"])
def unlock_form(request: HttpRequest, entity: str, row_id: int, pseudonym: str) -> HttpResponseBase:
    """Unlock a form for a reason."""
    patient, case, key = _opened(entity, row_id, pseudonym)
    user = cast(User, request.user)
    if not marks.may_mark(user, patient).lock:
        raise PermissionDenied(_("You do not unlock forms of this patient."))
    form = UnlockForm(request.POST or None)
    words = form_words(case)[key][0]
    if request.method == "POST" and form.is_valid():
        try:
            marks.unlock(patient, key, by=user, reason=form.cleaned_data["reason"])
        except Refused as error:
            tell(form, error)
        else:
            messages.success(request, _("{form} unlocked.").format(form=words))
            return HttpResponseRedirect(_back(patient, key))
    page = {
        "patient": patient,
        "words": words,
        "form": form,
        "lock": marks_of(patient).own_lock_of(key),
        "back": _back(patient, key),
    }
    return render(request, "registry/marks/unlock.html", page, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_form(request: HttpRequest, entity: str, row_id: int, pseudonym: str) -> HttpResponseBase:
    """Read what is to be signed, say what that means, and sign with fresh credentials."""
    patient, case, key = _opened(entity, row_id, pseudonym)
    user = cast(User, request.user)
    if not marks.may_mark(user, patient).sign:
        raise PermissionDenied(_("You do not sign forms of this patient."))
    form = SignForm(request.POST or None, key=key, user=user)
    words = form_words(case)[key][0]
    if request.method == "POST" and form.is_valid():
        refusal = _signed(request, form, patient, key)
        if not refusal:
            messages.success(request, _("{form} signed.").format(form=words))
            return HttpResponseRedirect(_back(patient, key))
        form.add_error(None, refusal)
    own_centre = is_own_centre(patient)
    contents = contents_of(case, key, own_centre=own_centre)
    if own_centre and any(content.key.entity == Patient.entity() for content in contents):
        record_look(patient, place=Place.SIGN)
    page = {
        "patient": patient,
        "words": words,
        "whole_case": key.is_whole_case,
        "form": form,
        "contents": contents,
        "left_open": [_in_words(one) for one in marks.left_open(case, key)],
        "back": _back(patient, key),
    }
    return render(request, "registry/marks/sign.html", page, status=422 if form.errors else 200)


def _signed(request: HttpRequest, form: SignForm, patient: Patient, key: FormKey) -> list[str]:
    """Sign; says why not, nothing when it is done."""
    user, given = cast(User, request.user), form.cleaned_data
    why_not = fresh_credentials(
        request, user, password=given.get("password", ""), code=given.get("code", "")
    )
    if why_not:
        return [why_not]
    try:
        marks.sign(patient, key, by=user, meaning=given["meaning"])
    except Refused as error:
        return [_in_words(one) for one in error.findings]
    return []


def _opened(entity: str, row_id: int, pseudonym: str) -> tuple[Patient, Case, FormKey]:
    """The patient of the reader's scope, and the form. 404 for what is not there."""
    patients = Patient.objects.live().select_related("centre")
    patient = get_object_or_404(patients, pseudonym=pseudonym)
    case, key = load_case(patient), FormKey(entity, row_id)
    if key not in form_words(case):
        raise Http404
    return patient, case, key


def _back(patient: Patient, key: FormKey) -> str:
    """The section of the patient's page that shows the form."""
    section = "marks" if key.is_whole_case else section_of(key.entity)
    return f"{reverse('registry:patient', args=[patient.pseudonym])}#{section}"


def _in_words(finding: Finding) -> str:
    """What keeps a form from being signed: row, field, and what is wrong with it."""
    if finding.row is None:
        return finding.message
    field = f", {field_words(finding.row, finding.field)}" if finding.field else ""
    return f"{row_words(finding.row)}{field}: {finding.message}"
