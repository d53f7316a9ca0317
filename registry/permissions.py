"""Who may write what: the table that services ask before they write."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.models import Centre, Membership, User
from registry.models.choices import Role

ENTERS_CASES = frozenset({Role.DATA_MANAGER, Role.INVESTIGATOR})
"""Roles that enter and correct cases, each at its own centre."""


def may_enter_cases(user: User, centre_id: int) -> bool:
    """True when the person enters cases at this centre today."""
    return centres_of_entry(user).filter(pk=centre_id).exists()


def centres_of_entry(user: User) -> QuerySet[Centre]:
    """The centres at which the person enters cases today."""
    if not user.is_active:
        return Centre.objects.none()
    today = timezone.localdate()
    held = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), user=user, role__in=ENTERS_CASES
    )
    return Centre.objects.filter(pk__in=held.values("centre"))


def require_case_entry(user: User | None, centre_id: int) -> None:
    """Refuse a person who does not enter cases at this centre; the installation (None) may.

    Raises:
        PermissionDenied: without naming the patient.
    """
    if user is not None and not may_enter_cases(user, centre_id):
        raise PermissionDenied(_("You do not enter cases at this centre."))
