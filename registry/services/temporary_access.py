"""Temporary access to one case: given to a named person for a reason, until a stated time.

Whoever has it reads the case under its pseudonym (``Scope.patient_ids``) and writes nothing: the
table of roles grants no action by it.
"""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import Centre, Patient, TemporaryAccess, User
from registry.permissions import may_enter_cases, may_with_patient, require_with_patient
from registry.roles import Action
from registry.scope import Scope, system_scope
from registry.services.no_names import checked_text

MOST_DAYS = 30
"""Days ahead that an access may last."""

MODEL = "temporary_access"


def give(
    *, patient: Patient, username: str, reason: str, ends_at: dt.datetime, by: User
) -> TemporaryAccess:
    """Let the person of that user name read the case until then.

    Raises:
        PermissionDenied: the person is neither an investigator of the patient's centre nor a
            coordinator of a study of the patient.
        Refused: no reason, no such account, a person who reads the case anyway, or an end that
            is past or too far.
    """
    require_with_patient(by, Action.GIVE_TEMPORARY_ACCESS, patient)
    reason = checked_text(
        reason,
        patient=patient,
        by=by,
        model=MODEL,
        field="reason",
        empty=_("Say why the person has to read the case."),
    )
    now = timezone.now()
    if not now < ends_at <= now + dt.timedelta(days=MOST_DAYS):
        message = _("Choose an end within the next {days} days.").format(days=MOST_DAYS)
        raise Refused([_finding("ends_at", message)])
    with system_scope(), recorded(by=by, reason=reason):
        held = Patient.objects.select_for_update(no_key=True)
        locked = held.filter(pk=patient.pk, voided_at__isnull=True).first()
        if locked is None:
            raise Refused([_finding("", _("The patient was taken back."))])
        require_with_patient(by, Action.GIVE_TEMPORARY_ACCESS, locked)
        access = TemporaryAccess(
            patient=locked,
            user=_reader(username, locked),
            reason=reason,
            given_by=by,
            given_at=now,
            ends_at=ends_at,
        )
        access.save(force_insert=True)
    return access


def may_end(user: User, access: TemporaryAccess) -> bool:
    """True for the giver, for people of the patient's centre, and for coordinators."""
    return user.is_active and (
        access.given_by_id == user.pk
        or may_enter_cases(user, access.patient.centre_id)
        or may_with_patient(user, Action.GIVE_TEMPORARY_ACCESS, access.patient)
    )


def end(access: TemporaryAccess, *, by: User) -> TemporaryAccess:
    """End an access before its time.

    Raises:
        PermissionDenied: the person may not end it.
        Refused: it is over already.
    """
    if not may_end(by, access):
        raise PermissionDenied(_("You cannot end this access."))
    now = timezone.now()
    with system_scope(), recorded(by=by, reason=_("Temporary access ended early")):
        if not _running(now).filter(pk=access.pk).update(ended_by=by, ended_at=now):
            raise Refused([_finding("", _("This access is over already."))])
        access.refresh_from_db()
    return access


def end_after_transfer(patient: Patient, *, left: Centre, by: User) -> None:
    """Of a patient who went to another centre: end what the old one gave, or its people have.

    An access stays while whoever gave it may still give it. Call it in the scope of the system,
    within the step that moved the patient.
    """
    now = timezone.now()
    for access in _running(now).filter(patient=patient).select_related("given_by", "user"):
        is_given = may_with_patient(access.given_by, Action.GIVE_TEMPORARY_ACCESS, patient)
        if not is_given or left.pk in Scope.of(access.user).centre_ids:
            TemporaryAccess.objects.filter(pk=access.pk).update(ended_by=by, ended_at=now)


def _running(now: dt.datetime) -> QuerySet[TemporaryAccess]:
    return TemporaryAccess.objects.filter(ended_at__isnull=True, ends_at__gt=now)


def _reader(username: str, patient: Patient) -> User:
    """The active account of exactly that name, if it does not read the case anyway.

    One answer for names that nobody bears and for deactivated accounts.
    """
    name = User.normalize_username(username.strip())
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        message = _("There is no active account of this name: ask the person how it is spelled.")
        raise Refused([_finding("username", message)])
    if Patient.objects.visible_to(user).filter(pk=patient.pk).exists():
        raise Refused([_finding("username", _("This person reads the case already."))])
    return user


def _finding(field: str, message: str) -> Finding:
    return Finding("temporary-access", "impossible", message, MODEL, None, field)
