"""Invitations by mail: a link, good for three days and once, to choose a password oneself.

Nobody sets or sees the password of somebody else. The link is not stored: it is made of the
invitation's number and a code over account, address and password hash, so that it dies with the
first use, with a newer invitation and with a change of the mail address.
"""

from __future__ import annotations

import datetime as dt
import logging
from functools import partial
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import Invitation, User
from registry.permissions import require_account_keeper

VALID_DAYS = 3

_SALT = "registry.invitation"
_log = logging.getLogger(__name__)


def invite_again(person: User, *, by: User | None) -> Invitation:
    """A new invitation, mailed after the transaction; older links are dead from now on.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: the person is deactivated, has no mail address, or has chosen a password.
    """
    require_account_keeper(by)
    if not person.is_active:
        raise _refused(_("The account is deactivated: reactivate it first."))
    if not person.email:
        raise _refused(_("The account has no mail address: enter one first."), "email")
    if person.has_usable_password():
        message = _("This person has chosen a password. A forgotten one is set anew by the person.")
        raise _refused(message)
    with recorded(by=by):
        invitation = Invitation.objects.create(user=person, invited_by=by, at=timezone.now())
        transaction.on_commit(partial(_send, invitation.pk))
    return invitation


def link(invitation: Invitation) -> str:
    """The whole address that the person is mailed."""
    code = f"{invitation.pk}-{_code(invitation)}"
    return urljoin(settings.SITE_URL, reverse("registry:invitation", args=[code]))


def good_until(invitation: Invitation) -> dt.datetime:
    """When the link of the invitation ends."""
    return invitation.at + dt.timedelta(days=VALID_DAYS)


def open_invitation(code: str) -> Invitation | None:
    """The invitation of a link, None when the link is wrong, old, used or replaced."""
    number, _dash, _rest = code.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    invitation = Invitation.objects.select_related("user").filter(pk=int(number)).first()
    if invitation is None or not constant_time_compare(code, f"{number}-{_code(invitation)}"):
        return None
    return invitation if is_open(invitation) else None


def is_open(invitation: Invitation) -> bool:
    """True while the person can still choose a password by this invitation."""
    newer = Invitation.objects.filter(user=invitation.user, pk__gt=invitation.pk)
    return (
        invitation.accepted_at is None
        and invitation.user.is_active
        and timezone.now() < good_until(invitation)
        and not newer.exists()
    )


def accept(code: str, *, password: str) -> User:
    """The invited person chooses a password.

    Raises:
        Refused: the link is dead, or the password is too easy (the findings say why).
    """
    invitation = open_invitation(code)
    if invitation is None:
        raise _refused(_("This link is not good any more. Ask for a new invitation."))
    person = invitation.user
    try:
        validate_password(password, person)
    except ValidationError as error:
        findings = [_finding(message, "password") for message in error.messages]
        raise Refused(findings) from None
    # The origin takes the place of the address, which holds the link.
    with recorded(by=person, origin="invitation accepted"):
        unused = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True)
        if not unused.update(accepted_at=timezone.now()):
            raise _refused(_("This link was used already."))
        person.set_password(password)
        person.save(update_fields=["password"])
    return person


def _code(invitation: Invitation) -> str:
    person = invitation.user
    content = f"{invitation.pk}:{person.pk}:{person.email}:{person.password}"
    return salted_hmac(_SALT, content, algorithm="sha256").hexdigest()


def _send(number: int) -> None:
    """Mail the link; what the mail server refuses stays as "not sent" on the person's page."""
    invitation = Invitation.objects.select_related("user").get(pk=number)
    try:
        _message(invitation).send()
    except OSError:  # among them every error of smtplib
        # Without the error's text, which may hold the address.
        _log.warning("invitation %d was not sent: the mail server did not take it", number)
        return
    with recorded(by=None, origin="invitation sent"):
        Invitation.objects.filter(pk=number).update(sent_at=timezone.now())


def _message(invitation: Invitation) -> EmailMessage:
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "person": str(invitation.user),
            "username": invitation.user.username,
            "link": link(invitation),
            "until": good_until(invitation),
        }
        return EmailMessage(
            subject=_("Your account in the Sarcoma RT Registry"),
            body=render_to_string("registry/mail/invitation.txt", context),
            to=[invitation.user.email],
            headers={"Auto-Submitted": "auto-generated"},
        )


def _refused(message: str, field: str = "") -> Refused:
    return Refused([_finding(message, field)])


def _finding(message: str, field: str) -> Finding:
    return Finding("invitation", "impossible", message, "invitation", field=field)
