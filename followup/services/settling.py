"""A person's word on a doubtful mail: it arrived, or it is to be sent again."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from followup.models import Digest, Letter, MailState, PostedMail, Reminder
from registry.errors import Finding, Refused
from registry.models import User
from registry.permissions import studies_with
from registry.roles import Action
from registry.scope import system_scope


def may_settle(user: User, mail: PostedMail) -> bool:
    """True for the recipient, and for who steers a study that the mail speaks of."""
    if not user.is_active:
        return False
    if mail.user_id == user.pk:
        return True
    steered = studies_with(user, Action.STEER_STUDY)
    if isinstance(mail, Letter):
        return mail.study_id in steered
    if not isinstance(mail, Digest):
        raise TypeError(f"{type(mail).__name__} is no kind of mail that is settled")
    with system_scope():
        spoken_of = Reminder.objects.filter(digest=mail, visit__enrolment__study__in=steered)
        return bool(steered) and spoken_of.exists()


def it_arrived(mail: PostedMail, *, by: User, now: dt.datetime) -> None:
    """Note that a doubtful mail arrived: it counts as sent when it was handed over.

    Raises:
        PermissionDenied: the person may not settle this mail.
        Refused: the mail is not doubtful, or not any more.
    """
    sent_at = mail.handed_over_at or now
    _settle(mail, by=by, now=now, state=MailState.SENT, sent_at=sent_at, error="")


def send_again(mail: PostedMail, *, by: User, now: dt.datetime) -> None:
    """Have a doubtful mail sent again under its Message-ID; a digest of an earlier day within the
    next one.

    The claim stays on it, so that a late answer of the mail server still marks it as sent.

    Raises:
        PermissionDenied: the person may not settle this mail.
        Refused: the mail is not doubtful, or not any more.
    """
    _settle(mail, by=by, now=now, state=MailState.FAILED, handed_over_at=None, retry_at=now)


def _settle(mail: PostedMail, *, by: User, now: dt.datetime, **columns: object) -> None:
    if not may_settle(by, mail):
        raise PermissionDenied(_("You cannot settle this mail."))
    doubtful = type(mail)._base_manager.filter(pk=mail.pk, state=MailState.UNKNOWN)
    if not doubtful.update(settled_by=by, settled_at=now, **columns):
        raise Refused([Finding("digest", "impossible", _("This mail is settled."), "digest")])
    mail.refresh_from_db()
