"""The frame of every page: who is signed in, where they may go."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import User
from registry.models.choices import Role
from registry.permissions import actions_of
from registry.roles import Action

register = template.Library()

_AUDIT = frozenset({Action.READ_AUDIT, Action.MANAGE_ACCOUNTS})

_PLACES: tuple[tuple[str, Any, Action | frozenset[Action] | None], ...] = (
    ("registry:home", gettext_lazy("Home"), None),
    ("followup:grid", gettext_lazy("Patients"), None),
    ("registry:imports", gettext_lazy("Import"), Action.ENTER_CASES),
    ("followup:reminders", gettext_lazy("Reminders"), Action.READ_CASES),
    ("followup:centres", gettext_lazy("Centres side by side"), Action.STEER_STUDY),
    ("followup:monitoring", gettext_lazy("Monitoring"), Action.VERIFY_SOURCE),
    ("registry:transfers", gettext_lazy("Transfers"), Action.TRANSFER_PATIENTS),
    ("analytics:studies", gettext_lazy("Studies"), None),
    ("registry:people", gettext_lazy("People"), Action.MANAGE_ACCOUNTS),
    ("registry:centres", gettext_lazy("Centres"), Action.MANAGE_ACCOUNTS),
    ("registry:access_review", gettext_lazy("Access review"), Action.MANAGE_ACCOUNTS),
    ("registry:audit", gettext_lazy("Audit"), _AUDIT),
)
"""Pages of the navigation, with the action that makes a person need them, or one of several; None
for everybody."""


@register.inclusion_tag("components/site_header.html", takes_context=True)
def site_header(context: template.Context) -> dict[str, Any]:
    """Product name, navigation and the menu of the signed-in person."""
    request = context["request"]
    user = request.user if request.user.is_authenticated else None
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "demo": settings.DEMO,
        "user": user,
        "roles": roles_of(user) if user else [],
        "links": _links(user, request.path) if user else [],
    }


@register.simple_tag
def is_demo() -> bool:
    """Whether this is the embedded default with its demonstration data."""
    return bool(settings.DEMO)


@register.simple_tag
def roles_of(user: User) -> list[str]:
    """What the person may do where, in words."""
    names = {str(key): label for key, label in Role.choices}
    rows = user.memberships.values_list("role", "centre__name", "study__title")
    return [
        _("%(role)s, %(place)s")
        % {"role": names[role], "place": centre or study or _("installation")}
        for role, centre, study in rows
    ]


def _is_for(needed: Action | frozenset[Action] | None, may: frozenset[Action]) -> bool:
    """True when a person who may do this needs the page."""
    if needed is None or isinstance(needed, Action):
        return needed is None or needed in may
    return bool(needed & may)


def _links(user: User, path: str) -> list[dict[str, Any]]:
    """The navigation; a page counts as part of the longest address that it starts with."""
    home = reverse("registry:home")
    may = actions_of(user)
    links = [(reverse(name), label) for name, label, action in _PLACES if _is_for(action, may)]
    if settings.DEMO:
        links.append((reverse("followup:mailbox"), _("Mailbox")))
    return [
        {
            "url": url,
            "label": label,
            "current": path == home if url == home else path.startswith(url),
        }
        for url, label in links
    ]
