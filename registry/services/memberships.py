"""Roles of people: granted and ended by those who keep accounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import Centre, Membership, Study, User
from registry.models.choices import Role
from registry.permissions import require_account_keeper
from registry.roles import GRANTS, Reach
from registry.time_zones import installation_day


@dataclass(frozen=True)
class RoleAt:
    """A role with its place: a centre, a study, or neither for the installation."""

    role: Role
    centre: Centre | None = None
    study: Study | None = None
    ends_on: dt.date | None = None


def in_force(on: dt.date) -> Q:
    """Condition of memberships that hold on that day."""
    return Q(ends_on__isnull=True) | Q(ends_on__gte=on)


def grant(person: User, *, given: RoleAt, by: User | None) -> Membership:
    """Give the person a role from today on; one that has ended begins anew.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: the place does not fit the role, the last day has passed, the person has the role
            already or is deactivated.
    """
    require_account_keeper(by)
    today = installation_day()
    _check(person, given, today)
    with recorded(by=by):
        membership, is_new = Membership.objects.select_for_update().get_or_create(
            user=person,
            role=given.role,
            centre=given.centre,
            study=given.study,
            defaults={"ends_on": given.ends_on, "granted_on": today, "granted_by": by},
        )
        if not is_new:
            if membership.ends_on is None or membership.ends_on >= today:
                raise _refused(_("This person has that role there already."), "role")
            membership.ends_on = given.ends_on
            membership.granted_on, membership.granted_by = today, by
            membership.reviewed_on = membership.reviewed_by = None
            membership.save()
    return membership


def end(
    membership: Membership, *, by: User | None, reason: str, last_day: dt.date | None = None
) -> Membership:
    """End a role after its last day; without one at once, which makes yesterday the last day.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: no reason, a last day that has passed or is later than the one set, a role that has
            ended, or the last administrator's.
    """
    require_account_keeper(by)
    today = installation_day()
    if not reason.strip():
        raise _refused(_("Say why the role ends."), "reason")
    if last_day is not None and last_day < today:
        raise _refused(_("This day has passed. Leave it empty to end the role at once."), "ends_on")
    with recorded(by=by, reason=reason.strip()):
        _require_another_administrator(membership, last_day or today)
        held = Membership.objects.select_for_update().get(pk=membership.pk)
        if held.ends_on is not None and held.ends_on < today:
            raise _refused(_("The role has ended already."))
        if held.ends_on is not None and last_day is not None and last_day > held.ends_on:
            message = _("The role ends before that day. A longer one is granted when it has ended.")
            raise _refused(message, "ends_on")
        held.ends_on = last_day or today - dt.timedelta(days=1)
        held.save(update_fields=["ends_on"])
    return held


def other_administrators(person: User, on: dt.date) -> bool:
    """True when somebody else who can sign in is administrator on that day.

    Locks the administrators' roles, so that two people cannot end each other's at the same moment.
    """
    held = Membership.objects.filter(in_force(on), role=Role.ADMINISTRATOR, user__is_active=True)
    return any(row.user_id != person.pk for row in held.select_for_update(of=("self",)))


def last_administrator() -> Refused:
    """What is said to those who would leave the registry without an administrator."""
    message = _("This is the last administrator: make somebody else administrator first.")
    return _refused(message)


def _require_another_administrator(membership: Membership, on: dt.date) -> None:
    is_administrator = membership.role == Role.ADMINISTRATOR and membership.user.is_active
    if is_administrator and not other_administrators(membership.user, on):
        raise last_administrator()


def _check(person: User, given: RoleAt, today: dt.date) -> None:
    if not person.is_active:
        raise _refused(_("The account is deactivated: reactivate it first."))
    reach = GRANTS[given.role][0]
    place = Reach.CENTRE if given.centre else Reach.STUDY if given.study else Reach.INSTALLATION
    if reach is not place or (given.centre and given.study):
        wanted = {
            Reach.CENTRE: _("This role belongs to a centre: choose one."),
            Reach.STUDY: _("This role belongs to a study: choose one."),
            Reach.INSTALLATION: _("This role belongs to the whole installation."),
        }
        raise _refused(wanted[reach], "place")
    if given.ends_on is not None and given.ends_on < today:
        raise _refused(_("This day has passed."), "ends_on")


def _refused(message: str, field: str = "") -> Refused:
    return Refused([Finding("membership", "impossible", message, "membership", field=field)])
