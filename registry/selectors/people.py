"""Accounts as those who keep them see them: no clinical data."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from registry.models import ApiToken, AuditEvent, Invitation, Membership, User
from registry.services.invitations import good_until
from registry.services.memberships import in_force
from registry.time_zones import installation_day


@dataclass(frozen=True)
class PeopleFilter:
    """What the list of people is cut to; ``state`` is active, inactive, or "" for both."""

    q: str = ""
    state: str = ""
    role: str = ""


def people(cut: PeopleFilter) -> QuerySet[User]:
    """Accounts by name, each with ``roles_held`` today and ``invited``, its invitations."""
    held = Membership.objects.filter(in_force(installation_day()))
    rows = held.select_related("centre", "study").order_by("role", "pk")
    found = User.objects.prefetch_related(
        Prefetch("memberships", rows, to_attr="roles_held"),
        Prefetch("invitations", Invitation.objects.order_by("-id"), to_attr="invited"),
    )
    for word in cut.q.split():
        found = found.filter(
            Q(username__icontains=word) | Q(display_name__icontains=word) | Q(email__icontains=word)
        )
    if cut.state:
        found = found.filter(is_active=cut.state == "active")
    if cut.role:
        found = found.filter(pk__in=held.filter(role=cut.role).values("user"))
    return found.order_by("display_name", "username")


def account_state(user: User, newest: Invitation | None) -> str:
    """active, deactivated, or by the newest invitation: invited, not_sent (the mail), expired."""
    if not user.is_active:
        return "deactivated"
    if newest is None or newest.accepted_at is not None or user.has_usable_password():
        return "active"
    if timezone.now() >= good_until(newest):
        return "expired"
    return "invited" if newest.sent_at is not None else "not_sent"


def roles_of(user: User) -> QuerySet[Membership]:
    """All roles that the person has or had, those in force (``held``) first."""
    rows = user.memberships.select_related("centre", "study", "granted_by", "reviewed_by")
    return rows.annotate(held=in_force(installation_day())).order_by("-held", "role", "pk")


def changes_of_account(user: User) -> QuerySet[AuditEvent]:
    """The trail of an account, its roles, invitations, second factors and tokens; newest first."""
    tables = [m._meta.db_table for m in (Membership, Invitation, Authenticator, ApiToken)]
    of_user = Q(old__user_id=user.pk) | Q(new__user_id=user.pk)
    events = AuditEvent.objects.filter(
        Q(table=User._meta.db_table, row_id=user.pk) | (Q(table__in=tables) & of_user)
    )
    return events.order_by("-id")
