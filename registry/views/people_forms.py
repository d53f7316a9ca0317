"""Forms of the pages of people and their roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import Centre, Study, User
from registry.models.choices import Role
from registry.services.memberships import RoleAt

INSTALLATION = "installation"
ISO = "%Y-%m-%d"


def day_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateField:
    """A day of the calendar, typed as everywhere in the registry."""
    widget = forms.DateInput(format=ISO, attrs={"placeholder": "YYYY-MM-DD", "class": "date"})
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        widget=widget,
        input_formats=[ISO],
        error_messages={"invalid": gettext_lazy("Type a day as YYYY-MM-DD, such as 2027-01-31.")},
    )


class ReasonForm(forms.Form):
    """Why something is taken away or changed."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)


class PeopleForm(forms.Form):
    """What the list of people is cut to."""

    q = forms.CharField(
        label=gettext_lazy("Name or mail address"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Account"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("active", gettext_lazy("Active")),
            ("inactive", gettext_lazy("Deactivated")),
        ],
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        required=False,
        choices=[("", gettext_lazy("Any role")), *Role.choices],
    )


class AccountForm(forms.Form):
    """By what a person is known."""

    display_name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("Letters, digits and @ . + - _; typed at the sign-in."),
    )


class ChangeForm(ReasonForm, AccountForm):
    """Another name or address, with the reason."""

    field_order = ("display_name", "email", "username", "reason")


class RoleForm(forms.Form):
    """A role, where it holds, and its last day."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    place = forms.ChoiceField(label=gettext_lazy("Centre or study"))
    ends_on = day_field(gettext_lazy("Last day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = ("", "–")
        places = [
            nothing,
            (_("Centres"), [(f"centre.{row.pk}", row.name) for row in Centre.objects.all()]),
            (_("Studies"), [(f"study.{row.pk}", row.title) for row in Study.objects.all()]),
            (INSTALLATION, _("The whole installation")),
        ]
        self.fields["role"].choices = [nothing, *Role.choices]  # type: ignore[attr-defined]
        self.fields["place"].choices = places  # type: ignore[attr-defined]

    def given(self) -> RoleAt:
        """The role of a valid form."""
        data = self.cleaned_data
        kind, _dot, key = data["place"].partition(".")
        return RoleAt(
            role=Role(data["role"]),
            centre=Centre.objects.get(pk=key) if kind == "centre" else None,
            study=Study.objects.get(pk=key) if kind == "study" else None,
            ends_on=data["ends_on"],
        )


class EndForm(ReasonForm):
    """The end of a role."""

    ends_on = day_field(gettext_lazy("Last day"), gettext_lazy("Empty: it ends at once."))


FirstRoles = forms.formset_factory(RoleForm, extra=3)


def account_as_typed(person: User) -> dict[str, str]:
    """What the form of an account shows before it is changed."""
    return {name: getattr(person, name) for name in ("display_name", "email", "username")}
