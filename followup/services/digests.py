"""A person's word on a doubtful digest: it arrived, or it is to be sent again."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from followup.models import Digest, DigestState, Reminder
from registry.errors import Finding, Refused
from registry.models import User
from registry.permissions import studies_with
from registry.roles import Action
from registry.scope import system_scope


def may_settle(user: User, digest: Digest) -> bool:
    """True for the recipient, and for who steers a study that the digest speaks of."""
    if not user.is_active:
        return False
    if digest.user_id == user.pk:
        return True
    steered = studies_with(user, Action.STEER_STUDY)
    with system_scope():
        spoken_of = Reminder.objects.filter(digest=digest, visit__enrolment__study__in=steered)
        return bool(steered) and spoken_of.exists()


def it_arrived(digest: Digest, *, by: User, now: dt.datetime) -> Digest:
    """Note that a doubtful digest arrived: it counts as sent when it was handed over.

    Raises:
        PermissionDenied: the person may not settle this digest.
        Refused: the digest is not doubtful, or not any more.
    """
    sent_at = digest.handed_over_at or now
    return _settle(digest, by=by, now=now, state=DigestState.SENT, sent_at=sent_at, error="")


def send_again(digest: Digest, *, by: User, now: dt.datetime) -> Digest:
    """Have a doubtful digest sent again: today under its Message-ID, later within the next digest.

    The claim stays on it, so that a late answer of the mail server still marks it as sent.

    Raises:
        PermissionDenied: the person may not settle this digest.
        Refused: the digest is not doubtful, or not any more.
    """
    return _settle(
        digest, by=by, now=now, state=DigestState.FAILED, handed_over_at=None, retry_at=now
    )


def _settle(digest: Digest, *, by: User, now: dt.datetime, **columns: object) -> Digest:
    if not may_settle(by, digest):
        raise PermissionDenied(_("You cannot settle this mail."))
    doubtful = Digest.objects.filter(pk=digest.pk, state=DigestState.UNKNOWN)
    if not doubtful.update(settled_by=by, settled_at=now, **columns):
        raise Refused([Finding("digest", "impossible", _("This mail is settled."), "digest")])
    digest.refresh_from_db()
    return digest
