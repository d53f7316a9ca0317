"""The review of access: each role, token and temporary access is confirmed or revoked."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import ApiToken, Membership, TemporaryAccess, User
from registry.permissions import require_anywhere
from registry.roles import Action
from registry.services import memberships, tokens
from registry.time_zones import installation_day

Held = Membership | ApiToken | TemporaryAccess
"""What gives a person access."""


def confirm(held: Held, *, by: User) -> None:
    """Still needed: the next review counts from today.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
    """
    require_anywhere(by, Action.MANAGE_ACCOUNTS)
    with recorded(by=by, reason=_("access review: confirmed")):
        rows = type(held)._base_manager.filter(pk=held.pk)
        rows.update(reviewed_on=installation_day(), reviewed_by=by)


def revoke(held: Held, *, by: User, reason: str) -> None:
    """Not needed any more: ends at once.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: no reason, ended meanwhile, or the last administrator's role.
    """
    require_anywhere(by, Action.MANAGE_ACCOUNTS)
    if isinstance(held, Membership):
        memberships.end(held, by=by, reason=reason)
    elif isinstance(held, ApiToken):
        tokens.revoke(held, by=by, reason=reason)
    else:
        _end_temporary_access(held, by=by, reason=reason)


def _end_temporary_access(access: TemporaryAccess, *, by: User, reason: str) -> None:
    if not reason.strip():
        raise _refused(_("Give a reason."), "reason")
    with recorded(by=by, reason=reason.strip()):
        rows = TemporaryAccess._base_manager.filter(pk=access.pk, ended_at__isnull=True)
        if not rows.update(ended_by=by, ended_at=timezone.now()):
            raise _refused(_("This access has ended already."))


def _refused(message: str, field: str = "") -> Refused:
    return Refused([Finding("access", "impossible", message, "temporary_access", field=field)])
