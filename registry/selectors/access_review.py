"""What gives people access today, and when each piece of it has to be looked at again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.models import ApiToken, Membership, TemporaryAccess, User
from registry.services import tokens
from registry.services.access_review import Held
from registry.services.memberships import in_force
from registry.time_zones import installation_day

KINDS: dict[str, Any] = {"role": Membership, "token": ApiToken, "temporary": TemporaryAccess}


@dataclass(frozen=True)
class Access:
    """One piece of access. ``due_on`` is None where nobody knows since when it is there."""

    kind: str
    pk: int
    who: User
    what: str
    where: str
    granted_on: dt.date | None
    granted_by: User | None
    ends_on: dt.date | None
    last_used_on: dt.date | None
    reviewed_on: dt.date | None
    reviewed_by: User | None
    today: dt.date

    @property
    def key(self) -> str:
        """Its name in forms: "role.17"."""
        return f"{self.kind}.{self.pk}"

    @property
    def due_on(self) -> dt.date | None:
        """The day of the next review."""
        since = self.reviewed_on or self.granted_on
        return since + dt.timedelta(days=settings.ACCESS_REVIEW_DAYS) if since else None

    @property
    def is_overdue(self) -> bool:
        """True after the day of the review, and where that is not known."""
        return self.due_on is None or self.due_on < self.today

    @property
    def is_own_grant(self) -> bool:
        """True when the person gave it to themselves."""
        return self.kind != "token" and self.granted_by == self.who


def accesses() -> list[Access]:
    """All access of today, the overdue first, then by the day of the review; three queries."""
    today = installation_day()
    found = [*_roles(today), *_tokens(today), *_temporary(today)]
    return sorted(
        found, key=lambda one: (one.due_on or dt.date.min, str(one.who).casefold(), one.key)
    )


def overdue_reviews() -> int:
    """How many pieces of access are overdue for review."""
    return sum(one.is_overdue for one in accesses())


def held(key: str) -> Held | None:
    """The row of a name in forms, None when there is no such thing or it has ended."""
    kind, _dot, number = key.partition(".")
    if kind not in KINDS or not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    rows = KINDS[kind]._base_manager.filter(pk=int(number))
    if kind == "role":
        rows = rows.filter(in_force(installation_day()))
    elif kind == "token":
        rows = rows.filter(expiry__gt=timezone.now())
    else:
        rows = rows.filter(ended_at__isnull=True, ends_at__gt=timezone.now())
    found: Held | None = rows.select_related("user").first()
    return found


def _roles(today: dt.date) -> Iterator[Access]:
    rows = Membership.objects.filter(in_force(today), user__is_active=True)
    for row in rows.select_related("user", "centre", "study", "granted_by", "reviewed_by"):
        yield Access(
            kind="role",
            pk=row.pk,
            who=row.user,
            what=row.get_role_display(),
            where=str(row.centre or row.study or _("installation")),
            granted_on=row.granted_on,
            granted_by=row.granted_by,
            ends_on=row.ends_on,
            last_used_on=row.user.last_active_on,
            reviewed_on=row.reviewed_on,
            reviewed_by=row.reviewed_by,
            today=today,
        )


def _tokens(today: dt.date) -> Iterator[Access]:
    for row in tokens.in_force().select_related("user", "reviewed_by"):
        scope = _("read and write") if row.may_write else _("read")
        yield Access(
            kind="token",
            pk=row.pk,
            who=row.user,
            what=_("API token “{name}”, {scope}").format(name=row.name, scope=scope),
            where=_("as the person's roles"),
            granted_on=timezone.localdate(row.created),
            granted_by=row.user,
            ends_on=last_day(row),
            last_used_on=timezone.localdate(row.last_used_at) if row.last_used_at else None,
            reviewed_on=row.reviewed_on,
            reviewed_by=row.reviewed_by,
            today=today,
        )


def _temporary(today: dt.date) -> Iterator[Access]:
    """Without patient and reason: those who keep accounts see no clinical data."""
    rows = TemporaryAccess._base_manager.filter(
        ended_at__isnull=True, ends_at__gt=timezone.now(), user__is_active=True
    )
    for row in rows.select_related("user", "patient__centre", "given_by", "reviewed_by"):
        yield Access(
            kind="temporary",
            pk=row.pk,
            who=row.user,
            what=_("Temporary access to one case"),
            where=str(row.patient.centre),
            granted_on=timezone.localdate(row.given_at),
            granted_by=row.given_by,
            ends_on=timezone.localdate(row.ends_at),
            last_used_on=row.user.last_active_on,
            reviewed_on=row.reviewed_on,
            reviewed_by=row.reviewed_by,
            today=today,
        )


def last_day(token: ApiToken) -> dt.date:
    """The last day on which a token is good."""
    assert token.expiry is not None, "the database refuses a token without an end"
    return timezone.localdate(token.expiry - dt.timedelta(seconds=1), timezone=dt.UTC)
