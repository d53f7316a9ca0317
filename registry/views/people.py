"""People: the list, inviting somebody, and the page of one account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from registry.errors import Refused
from registry.models import ApiToken, Membership, User
from registry.selectors.access_review import last_day
from registry.selectors.history import readable
from registry.selectors.people import (
    PeopleFilter,
    account_state,
    changes_of_account,
    people,
    roles_of,
)
from registry.services import invitations, memberships, tokens
from registry.services import people as service
from registry.views.account_keepers import account_keepers_only
from registry.views.findings import tell
from registry.views.people_forms import (
    AccountForm,
    ChangeForm,
    EndForm,
    FirstRoles,
    PeopleForm,
    ReasonForm,
    RoleForm,
    account_as_typed,
)

PAGE_SIZE = 50
CHANGES_PER_PAGE = 20


@require_safe
@account_keepers_only
def people_list(request: HttpRequest) -> HttpResponse:
    """Accounts with their roles, a page at a time."""
    form = PeopleForm(request.GET)
    form.is_valid()
    page = Paginator(people(PeopleFilter(**form.cleaned_data)), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    for one in cast(Any, page):
        one.state = account_state(one, next(iter(one.invited), None))
    return render(request, "registry/people/list.html", {"form": form, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@account_keepers_only
def invite(request: HttpRequest) -> HttpResponse:
    """A new account with its first roles."""
    data = request.POST if request.method == "POST" else None
    form, roles = AccountForm(data), FirstRoles(data, prefix="roles")
    if data is not None and form.is_valid() and roles.is_valid():
        given = [one.given() for one in roles if one.has_changed()]
        by = cast(User, request.user)
        try:
            invitation = service.invite(**form.cleaned_data, roles=given, by=by)
        except Refused as error:
            tell(form, error)
        else:
            return HttpResponseRedirect(reverse("registry:person", args=[invitation.user_id]))
    context = {"form": form, "roles": roles}
    status = 200 if data is None else 422
    return render(request, "registry/people/invite.html", context, status=status)


class Act(NamedTuple):
    """Something done on the page of an account: its form, the service, and what is said after."""

    form: type[forms.Form]
    do: Callable[[User, Any, str, User], object]
    said: str | Promise


def _of(service_function: Callable[..., object]) -> Callable[[User, Any, str, User], object]:
    """A service about the person that takes the fields of the form."""
    return lambda person, form, _row, by: service_function(person, by=by, **form.cleaned_data)


def _grant(person: User, form: RoleForm, _row: str, by: User) -> object:
    return memberships.grant(person, given=form.given(), by=by)


def _end(person: User, form: EndForm, row: str, by: User) -> object:
    membership = get_object_or_404(Membership, pk=_number(row), user=person)
    data = form.cleaned_data
    return memberships.end(membership, by=by, reason=data["reason"], last_day=data["ends_on"])


def _revoke(person: User, form: ReasonForm, row: str, by: User) -> None:
    token = get_object_or_404(ApiToken, pk=_number(row), user=person)
    tokens.revoke(token, by=by, **form.cleaned_data)


def _number(row: str) -> int:
    if not (row.isascii() and row.isdecimal() and len(row) < 19):
        raise Http404
    return int(row)


ACTS: dict[str, Act] = {
    "change": Act(ChangeForm, _of(service.change), _("The change is saved.")),
    "grant": Act(RoleForm, _grant, _("The role is granted.")),
    "end": Act(EndForm, _end, _("The end of the role is saved.")),
    "invite": Act(
        forms.Form,
        _of(invitations.invite_again),
        _("A new invitation was made. Older links are dead."),
    ),
    "deactivate": Act(
        ReasonForm,
        _of(service.deactivate),
        _("The account is deactivated. Its sessions and tokens have ended."),
    ),
    "reactivate": Act(
        ReasonForm, _of(service.reactivate), _("The account is active, and its person invited.")
    ),
    "factor": Act(
        ReasonForm, _of(service.reset_second_factor), _("The second factors were taken away.")
    ),
    "token": Act(ReasonForm, _revoke, _("The token is revoked.")),
}
"""What the buttons of the page of an account are named: "end-17" is "end" for the row 17."""


@require_http_methods(["GET", "HEAD", "POST"])
@account_keepers_only
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: roles, sign-in, tokens, closing it, and everything that was changed."""
    shown = get_object_or_404(User, pk=pk)
    bound: forms.Form | None = None
    if request.method == "POST":
        bound = _act(request, shown)
        if not bound.errors:
            return HttpResponseRedirect(reverse("registry:person", args=[pk]))
        shown = User.objects.get(pk=pk)  # without what was refused
    context = _person_page(request, shown, bound)
    return render(request, "registry/people/person.html", context, status=422 if bound else 200)


def _act(request: HttpRequest, person: User) -> forms.Form:
    """Do what the form asks; what is refused stands in the form."""
    name, _dash, row = request.POST.get("do", "").partition("-")
    act = ACTS.get(name)
    if act is None:
        raise Http404
    form = act.form(request.POST, prefix=request.POST["do"])
    if not form.is_valid():
        return form
    by = cast(User, request.user)
    try:
        act.do(person, form, row, by)
    except Refused as error:
        tell(form, error)
    else:
        messages.success(request, str(act.said))
    return form


def _person_page(request: HttpRequest, person: User, bound: forms.Form | None) -> dict[str, Any]:
    def form_of(do: str, **kwargs: Any) -> forms.Form:
        if bound is not None and bound.prefix == do:
            return bound
        return ACTS[do.partition("-")[0]].form(prefix=do, **kwargs)

    changes = Paginator(changes_of_account(person), CHANGES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    newest = person.invitations.first()
    return {
        "person": person,
        "state": account_state(person, newest),
        "invitation": newest,
        "good_until": invitations.good_until(newest) if newest else None,
        "roles": [(row, form_of(f"end-{row.pk}")) for row in roles_of(person)],
        "tokens": [
            (row, last_day(row), form_of(f"token-{row.pk}")) for row in tokens.in_force(person)
        ],
        "factors": Authenticator.objects.filter(user=person).order_by("type", "pk"),
        "change": form_of("change", initial=account_as_typed(person)),
        "grant": form_of("grant"),
        "deactivate": form_of("deactivate"),
        "reactivate": form_of("reactivate"),
        "factor": form_of("factor"),
        "bound": bound,
        "changes": readable(changes, own_centre=False),
        "page": changes,
    }
