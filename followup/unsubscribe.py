"""The link by which a person ends reminder mails without signing in."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from registry.models import User

SALT = "followup.unsubscribe"


def token_of(user: User) -> str:
    """A signed token of the person and their mail address; it has no end.

    The address itself is not in it: links stand in the logs of servers.
    """
    return signing.dumps([user.pk, _of_address(user)], salt=SALT)


def user_of(token: str) -> User | None:
    """Whose token it is; None when it is forged, or the address has changed since."""
    try:
        pk, address = signing.loads(token, salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and address == _of_address(user) else None


def _of_address(user: User) -> str:
    return salted_hmac(SALT, user.email).hexdigest()[:20]


def wishes_address() -> str:
    """The page of the wishes about reminders, with scheme and host."""
    return urljoin(settings.SITE_URL, reverse("followup:reminder_wishes"))


def unsubscribe_address(user: User) -> str:
    """The link in the person's mails, with scheme and host."""
    return urljoin(settings.SITE_URL, reverse("followup:unsubscribe", args=[token_of(user)]))
