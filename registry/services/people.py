"""Accounts of people: invited, changed, deactivated and reactivated, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import Invitation, User
from registry.permissions import require_account_keeper
from registry.services import invitations, memberships
from registry.services.memberships import RoleAt
from registry.time_zones import installation_day

_FIELDS = ("username", "display_name", "email")


def invite(
    *, username: str, display_name: str, email: str, roles: Sequence[RoleAt] = (), by: User | None
) -> Invitation:
    """A new account with its first roles; its person is mailed a link to choose a password.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: the user name or the mail address is taken or no such thing, or a role does not
            fit its place.
    """
    require_account_keeper(by)
    person = User(username=username, display_name=display_name, email=email)
    person.set_unusable_password()
    with recorded(by=by):
        _save(person, adding=True)
        for given in roles:
            memberships.grant(person, given=given, by=by)
        return invitations.invite_again(person, by=by)


def change(
    person: User, *, username: str, display_name: str, email: str, by: User | None, reason: str
) -> User:
    """Correct name, user name or mail address. An open invitation goes to the new address.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: no reason, nothing changed, or the user name or address is taken or no such thing.
    """
    require_account_keeper(by)
    _require_reason(reason)
    before = User.objects.get(pk=person.pk)
    person.username, person.display_name, person.email = username, display_name, email
    with recorded(by=by, reason=reason.strip()):
        _save(person)
        if all(getattr(before, name) == getattr(person, name) for name in _FIELDS):
            raise _refused(_("Nothing was changed."))
        if before.email != person.email:
            # Addresses by which allauth would still find the account.
            EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email).delete()
            newest = person.invitations.first()
            if newest is not None and newest.accepted_at is None and person.is_active:
                invitations.invite_again(person, by=by)
    return person


def deactivate(person: User, *, by: User | None, reason: str) -> User:
    """Close an account: its sessions and tokens end at their next request.

    Its roles stay on record. The password is thrown away, so that sessions of before do not come
    back with the account.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: no reason, the own account, the last administrator, or deactivated already.
    """
    require_account_keeper(by)
    _require_reason(reason)
    if by is not None and by.pk == person.pk:
        raise _refused(_("Nobody deactivates the own account: ask another administrator."))
    with recorded(by=by, reason=reason.strip()):
        if not memberships.other_administrators(person, installation_day()):
            raise memberships.last_administrator()
        person = _locked(person)
        if not person.is_active:
            raise _refused(_("The account is deactivated already."))
        person.is_active = False
        person.set_unusable_password()
        person.save(update_fields=["is_active", "password"])
        person.auth_token_set.all().delete()
    return person


def reactivate(person: User, *, by: User | None, reason: str) -> Invitation:
    """Open a closed account again with the roles that are still in force, and invite its person.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: no reason, no mail address, or the account is open.
    """
    require_account_keeper(by)
    _require_reason(reason)
    with recorded(by=by, reason=reason.strip()):
        person = _locked(person)
        if person.is_active:
            raise _refused(_("The account is active already."))
        person.is_active = True
        person.save(update_fields=["is_active"])
        return invitations.invite_again(person, by=by)


def reset_second_factor(person: User, *, by: User | None, reason: str) -> int:
    """Take away authenticator app, passkeys and recovery codes that a person has lost.

    The person sets up new ones at the next sign-in. Returns how many were taken away.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: no reason, the own account, or there is no second factor.
    """
    require_account_keeper(by)
    _require_reason(reason)
    if by is not None and by.pk == person.pk:
        raise _refused(_("Nobody resets the own second factor here: use the page of your account."))
    with recorded(by=by, reason=reason.strip()):
        count: int = Authenticator.objects.filter(user=person).delete()[0]
        if not count:
            raise _refused(_("This person has no second factor."))
    return count


def _save(person: User, *, adding: bool = False) -> None:
    """Check and write the three fields by which a person is known.

    Raises:
        Refused: with a finding at each field that is wrong.
    """
    person.username = User.normalize_username(person.username.strip())
    person.display_name, person.email = person.display_name.strip(), person.email.strip()
    findings = _findings(person)
    if findings:
        raise Refused(findings)
    try:
        with transaction.atomic():
            person.save(force_insert=adding, update_fields=None if adding else _FIELDS)
    except IntegrityError:
        # Somebody else took the name between the check and here.
        raise Refused([_taken("username")]) from None


def _findings(person: User) -> list[Finding]:
    findings = []
    for name, asked in (
        ("username", _("Enter a user name.")),
        ("display_name", _("Enter the name of the person.")),
        ("email", _("Enter a mail address: the invitation goes there.")),
    ):
        value = getattr(person, name)
        field: Any = User._meta.get_field(name)
        try:
            field.run_validators(value)
        except ValidationError as error:
            findings += [_finding(message, name) for message in error.messages]
        if not value:
            findings.append(_finding(asked, name))
    others = User.objects.exclude(pk=person.pk)
    if others.filter(username=person.username).exists():
        findings.append(_taken("username"))
    if person.email and others.filter(email__iexact=person.email).exists():
        findings.append(_taken("email"))
    return findings


def _taken(field: str) -> Finding:
    messages = {
        "username": _("There is an account of this user name: one person has one account."),
        "email": _("There is an account of this mail address: one person has one account."),
    }
    return _finding(messages[field], field)


def _locked(person: User) -> User:
    return User.objects.select_for_update().get(pk=person.pk)


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise _refused(_("Give a reason."), "reason")


def _refused(message: str, field: str = "") -> Refused:
    return Refused([_finding(message, field)])


def _finding(message: str, field: str) -> Finding:
    return Finding("account", "impossible", message, "user", field=field)
