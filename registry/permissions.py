"""May this person do that, there? Answers from the table of :mod:`registry.roles`, and only there.

Reading is cut by :mod:`registry.scope`, which asks here too; services ask before they write.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from registry.models import Centre, Enrolment, Membership, Patient, Study, User
from registry.models.choices import Role
from registry.roles import GRANTS, Action, Reach, roles_with
from registry.time_zones import installation_day


def memberships_with(user: User, action: Action, reach: Reach) -> QuerySet[Membership]:
    """The person's memberships of today that allow the action within that reach."""
    if not (user.is_authenticated and user.is_active):
        return Membership.objects.none()
    return held_today(user).filter(role__in=roles_with(action, reach))


def held_today(user: User) -> QuerySet[Membership]:
    """The memberships that the person holds today, whatever they allow."""
    today = installation_day()
    return Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), user_id=user.pk
    )


def centres_with(user: User, action: Action) -> QuerySet[Centre]:
    """The centres at which the person may do this today."""
    held = memberships_with(user, action, Reach.CENTRE)
    return Centre.objects.filter(pk__in=held.values("centre"))


def studies_with(user: User, action: Action) -> frozenset[int]:
    """Keys of the studies in which the person may do this today."""
    held = memberships_with(user, action, Reach.STUDY)
    return frozenset(key for key in held.values_list("study_id", flat=True) if key is not None)


def actions_of(user: User) -> frozenset[Action]:
    """All that the person may do somewhere today, by one query: for menus."""
    if not (user.is_authenticated and user.is_active):
        return frozenset()
    roles = set(held_today(user).values_list("role", flat=True))
    return frozenset(action for role in roles for action in GRANTS[Role(role)][1])


def may_anywhere(user: User, action: Action) -> bool:
    """True when some membership of the person allows the action, wherever."""
    return action in actions_of(user)


def may_at_centre(user: User, action: Action, centre_id: int) -> bool:
    """True when the person may do this at the centre today."""
    return memberships_with(user, action, Reach.CENTRE).filter(centre_id=centre_id).exists()


def may_with_patient(user: User, action: Action, patient: Patient) -> bool:
    """True when the person may do this with the patient today: by the centre, or by a study.

    A study counts while the patient is enrolled in it. Voided patients are nobody's to act on by
    a study.
    """
    if may_at_centre(user, action, patient.centre_id):
        return True
    enrolled = Enrolment._base_manager.filter(patient=patient, voided_at__isnull=True)
    held = memberships_with(user, action, Reach.STUDY)
    return held.filter(study__in=enrolled.values("study")).exists()


def may_in_study(user: User, action: Action, study: Study) -> bool:
    """True when the person may do this in the study today."""
    return study.pk in studies_with(user, action)


def require_in_study(user: User, action: Action, study: Study) -> None:
    """Refuse a person who may not do this in the study.

    Raises:
        PermissionDenied: always worded the same.
    """
    if not may_in_study(user, action, study):
        raise PermissionDenied(_refusal(action))


def require_with_patient(user: User, action: Action, patient: Patient) -> None:
    """Refuse a person who may not do this with the patient.

    Raises:
        PermissionDenied: without naming the patient.
    """
    if not may_with_patient(user, action, patient):
        raise PermissionDenied(_refusal(action))


def require_at_centre(user: User, action: Action, centre_id: int) -> None:
    """Refuse a person who may not do this at the centre.

    Raises:
        PermissionDenied: always worded the same.
    """
    if not may_at_centre(user, action, centre_id):
        raise PermissionDenied(_refusal(action))


def require_anywhere(user: User, action: Action) -> None:
    """Refuse a person whom no membership allows the action.

    Raises:
        PermissionDenied: always worded the same.
    """
    if not may_anywhere(user, action):
        raise PermissionDenied(_refusal(action))


def require_account_keeper(user: User | None) -> None:
    """Refuse a person who keeps neither accounts nor centres; the installation (None) may.

    Raises:
        PermissionDenied: always worded the same.
    """
    if user is not None:
        require_anywhere(user, Action.MANAGE_ACCOUNTS)


def _refusal(action: Action) -> str:
    return _("None of your roles allows you here to {action}.").format(action=action.value)


def may_enter_cases(user: User, centre_id: int) -> bool:
    """True when the person enters cases at this centre today."""
    return may_at_centre(user, Action.ENTER_CASES, centre_id)


def centres_of_entry(user: User) -> QuerySet[Centre]:
    """The centres at which the person enters cases today."""
    return centres_with(user, Action.ENTER_CASES)


def require_case_entry(user: User | None, centre_id: int) -> None:
    """Refuse a person who does not enter cases at this centre; the installation (None) may.

    Raises:
        PermissionDenied: without naming the patient.
    """
    if user is not None and not may_enter_cases(user, centre_id):
        raise PermissionDenied(_("You do not enter cases at this centre."))
