"""API tokens: made by their person, shown once, never more than the person's own rights."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import ApiToken, User
from registry.permissions import actions_of, require_account_keeper
from registry.roles import READING
from registry.time_zones import installation_day

USUAL_DAYS = 90
LONGEST_DAYS = 365


def in_force(user: User | None = None) -> QuerySet[ApiToken]:
    """Tokens of active people that have not ended; of one person, or of all."""
    now = timezone.now()
    tokens: QuerySet[ApiToken] = ApiToken.objects.filter(expiry__gt=now, user__is_active=True)
    return tokens if user is None else tokens.filter(user=user)


def may_hold_writing_token(user: User) -> bool:
    """True when some role of the person allows more than reading."""
    return bool(actions_of(user) - READING)


def create(*, user: User, name: str, may_write: bool, ends_on: dt.date) -> tuple[ApiToken, str]:
    """A token good until the end of its last day (UTC), and the token itself: kept nowhere.

    Raises:
        Refused: no name or one that a token of the person bears, a last day that has passed or is
            more than a year ahead, or writing for somebody who only reads.
    """
    findings = _findings(user, name.strip(), may_write, ends_on)
    if findings:
        raise Refused(findings)
    end = dt.datetime.combine(ends_on + dt.timedelta(days=1), dt.time(), tzinfo=dt.UTC)
    with recorded(by=user):
        token, shown = ApiToken.objects.create(
            user, expiry=end - timezone.now(), name=name.strip(), may_write=may_write
        )
    return token, shown


def revoke(token: ApiToken, *, by: User, reason: str = "") -> None:
    """End a token at once; the trail keeps that it was there.

    Raises:
        PermissionDenied: the token is somebody else's, and ``by`` does not keep accounts.
        Refused: somebody else's token without a reason.
    """
    if token.user_id != by.pk:
        require_account_keeper(by)
        if not reason.strip():
            raise Refused([_finding(_("Give a reason."), "reason")])
    elif not by.is_active:
        raise PermissionDenied
    with recorded(by=by, reason=reason.strip()):
        token.delete()


def _findings(user: User, name: str, may_write: bool, ends_on: dt.date) -> list[Finding]:
    findings, today = [], installation_day()
    if not name:
        findings.append(_finding(_("Say what the token is for."), "name"))
    elif len(name) > 80:
        findings.append(_finding(_("At most 80 characters."), "name"))
    elif in_force(user).filter(name=name).exists():
        findings.append(_finding(_("You have a token of this name."), "name"))
    if ends_on < today:
        findings.append(_finding(_("This day has passed."), "ends_on"))
    elif ends_on > today + dt.timedelta(days=LONGEST_DAYS):
        message = _("At most {days} days ahead.").format(days=LONGEST_DAYS)
        findings.append(_finding(message, "ends_on"))
    if may_write and not may_hold_writing_token(user):
        message = _("Your roles only read, so a token of yours only reads.")
        findings.append(_finding(message, "may_write"))
    return findings


def _finding(message: str, field: str) -> Finding:
    return Finding("token", "impossible", message, "api_token", field=field)
