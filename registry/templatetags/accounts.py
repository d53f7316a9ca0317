"""Pages of the own account."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from registry.accounts import second_factor
from registry.models import User

register = template.Library()

# In the order of asking: a browser names those that it descends from, too.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


@register.simple_tag
def factor_missing(user: User) -> bool:
    """Whether everything else is closed to the person until they set up a second factor."""
    return second_factor.is_missing(user)


@register.filter
def device(user_agent: str) -> str:
    """The browser and the system that a request names, as people call them."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), _("Other program"))
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return _("{browser} on {system}").format(browser=browser, system=system) if system else browser
