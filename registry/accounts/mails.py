"""Mails about the own account. The worker sends them, so that no answer tells by its time whether
an address is known, and no page waits for a mail server.
"""

from __future__ import annotations

import logging

from allauth.account.utils import user_pk_to_url_str
from celery import Task
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError

from registry.models import User

logger = logging.getLogger(__name__)

CHANGES = {
    "account/email/password_changed": gettext_lazy("Your password was changed."),
    "account/email/password_reset": gettext_lazy("Your password was set anew by a link."),
    "mfa/email/totp_activated": gettext_lazy("An authenticator app was added."),
    "mfa/email/totp_deactivated": gettext_lazy("The authenticator app was removed."),
    "mfa/email/webauthn_added": gettext_lazy("A passkey was added."),
    "mfa/email/webauthn_removed": gettext_lazy("A passkey was removed."),
    "mfa/email/recovery_codes_generated": gettext_lazy("New recovery codes were made."),
    "socialaccount/email/account_connected": gettext_lazy("A single sign-on was connected."),
}
"""What allauth announces, in the words of the mail."""


def tell_of_change(user: User, change: str) -> None:
    """Queue a mail to the person about a change of their sign-in; others are not announced."""
    from registry.tasks import mail_change

    if change in CHANGES and user.email:
        _queue(mail_change, user.pk, change)


def ask_password_link(address: str) -> None:
    """Queue the answer to somebody who forgot a password: the same work for every address."""
    from registry.tasks import mail_password_link

    _queue(mail_password_link, address)


def _queue(task: Task, *arguments: object) -> None:
    """After commit; without a broker no mail is sent, and the page goes on."""

    def send() -> None:
        try:
            task.delay(*arguments)
        except OperationalError:
            logger.exception("No mail about an account could be queued")

    transaction.on_commit(send)


def send_change(user_id: int, change: str) -> None:
    """Send the mail about a change."""
    user = User.objects.get(pk=user_id)
    _send(user, _("Your account was changed"), "account/email/change.txt", change=CHANGES[change])


def send_password_link(address: str) -> None:
    """Send a link for a new password to the active people of this address who have a password."""
    for user in User.objects.filter(email__iexact=address, is_active=True):
        if user.has_usable_password():
            _send(user, _("New password"), "account/email/password_link.txt", link=_link(user))


def _link(user: User) -> str:
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)


def _send(user: User, subject: str, template: str, **values: object) -> None:
    text = render_to_string(template, {"user": user, "site": settings.SITE_URL, **values})
    send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
