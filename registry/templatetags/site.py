"""The frame of every page: who is signed in, where they may go."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.models import User
from registry.models.choices import Role
from registry.scope import current_scope

register = template.Library()


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
        "roles": _roles(user) if user else [],
        "links": _links(user, request.path) if user else [],
    }


@register.simple_tag
def is_demo() -> bool:
    """Whether this is the embedded default with its demonstration data."""
    return bool(settings.DEMO)


def _roles(user: User) -> list[str]:
    """What the person may do where, in words."""
    names = {str(key): label for key, label in Role.choices}
    rows = user.memberships.values_list("role", "centre__name", "study__title")
    return [
        _("%(role)s, %(place)s")
        % {"role": names[role], "place": centre or study or _("installation")}
        for role, centre, study in rows
    ]


def _links(user: User, path: str) -> list[dict[str, Any]]:
    """The navigation; a page counts as part of the longest address that it starts with."""
    home = reverse("registry:home")
    links = [
        (home, _("Home")),
        (reverse("followup:grid"), _("Patients")),
        (reverse("analytics:studies"), _("Studies")),
    ]
    scope = current_scope()
    if scope is not None and scope.centre_ids:  # enters cases at one centre at least
        links.insert(2, (reverse("registry:imports"), _("Import")))
    if settings.DEMO:
        links.append((reverse("followup:mailbox"), _("Mailbox")))
    if user.is_staff:
        links.append((reverse("admin:index"), _("Admin")))
    return [
        {
            "url": url,
            "label": label,
            "current": path == home if url == home else path.startswith(url),
        }
        for url, label in links
    ]
