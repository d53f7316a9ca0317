"""Marks mail addresses that take no mail, and clears the marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from followup.models import MailState, PostedMail, RefusalSource, RefusedAddress
from registry.errors import Finding, Refused
from registry.models import Membership, Participation, User
from registry.permissions import may_anywhere, studies_with
from registry.roles import Action

ADDRESS_REFUSED = "address refused"
"""The error of a mail that is not tried because of its address."""

RETURNED = "returned from an earlier address"


def mark_refused(
    user: User, *, address: str, code: str, source: RefusalSource, now: dt.datetime
) -> RefusedAddress:
    """Mark an address as refusing mail, with the enhanced status code where one is known.

    An open mark of the same address stays as it is. The sweep tells the coordinators.
    """
    mark, _is_new = RefusedAddress.objects.get_or_create(
        user=user,
        address=address,
        cleared_at=None,
        defaults={"code": code[:20], "source": source, "since": now},
    )
    return mark


def take_back(
    mail: PostedMail,
    *,
    recipients: Collection[str],
    code: str,
    source: RefusalSource,
    now: dt.datetime,
) -> bool:
    """A mail that had gone out came back: it surely did not arrive, and its address is marked.

    ``recipients`` are the addresses that refused it, in small letters. One that is not the person's
    address is where that forwards to, unless it is known as an earlier address: then the mail
    goes to the present one. What it said is told again, once it can be. Returns False,
    and does nothing, when the mail is not among the sent or doubtful ones (any more).
    """
    user = mail.user
    gone = [MailState.SENT, MailState.UNKNOWN]
    is_earlier = user.email.lower() not in recipients and any(
        mark.address.lower() in recipients for mark in user.refused_addresses.all()
    )
    with transaction.atomic():
        taken = (
            type(mail)
            ._base_manager.filter(pk=mail.pk, state__in=gone)
            .update(
                state=MailState.FAILED,
                error=RETURNED if is_earlier else ADDRESS_REFUSED,
                handed_over_at=None,
                retry_at=now if is_earlier else None,
                claim="",
            )
        )
        if taken and not is_earlier:
            mark_refused(user, address=user.email, code=code, source=source, now=now)
    return bool(taken)


def may_clear(user: User, refused: RefusedAddress) -> bool:
    """True for the person themself, for who keeps accounts, and for coordinators around them."""
    if not user.is_active:
        return False
    if user.pk == refused.user_id or may_anywhere(user, Action.MANAGE_ACCOUNTS):
        return True
    held = Membership.objects.filter(user=refused.user_id)
    steered = studies_with(user, Action.STEER_STUDY)
    at_centres = Participation.objects.filter(
        study__in=steered, centre__in=held.filter(centre__isnull=False).values("centre")
    )
    return bool(steered) and (held.filter(study__in=steered).exists() or at_centres.exists())


def clear_refused(refused: RefusedAddress, *, by: User, now: dt.datetime) -> RefusedAddress:
    """Note that the address takes mail again: the next sweep writes to it.

    Raises:
        PermissionDenied: the person has nothing to do with that account.
        Refused: the mark is cleared already.
    """
    if not may_clear(by, refused):
        raise PermissionDenied(_("You cannot clear this mark."))
    standing = RefusedAddress.objects.filter(pk=refused.pk, cleared_at__isnull=True)
    if not standing.update(cleared_at=now, cleared_by=by):
        message = _("This mark is cleared already.")
        raise Refused([Finding("address", "impossible", message, "refused_address")])
    refused.refresh_from_db()
    return refused
