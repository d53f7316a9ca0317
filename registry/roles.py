"""Who may do what, where: the one table that every decision about access reads.

A person holds roles by memberships, at centres, on studies or over the installation; a role allows
an action within its reach. What is not in :data:`GRANTS` is refused. ``docs/roles.md`` is made from
this module (``manage.py roles_page``).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from django.utils.translation import gettext_lazy as _

from registry.models.choices import Role


class Reach(Enum):
    """How far a role carries an action: the place of the membership."""

    CENTRE = _("patients of the own centre")
    STUDY = _("patients enrolled in the own study, at every centre")
    INSTALLATION = _("the installation; no clinical data")


class Action(Enum):
    """What people do. The value is its name in sentences: "may …"."""

    READ_CASES = _("read cases under their pseudonym")
    READ_FIGURES = _("read tables and curves of a study, without the cases behind them")
    READ_IDENTITY = _("read names, record numbers, contacts and full birth dates")
    ENTER_CASES = _("enter and change cases, import, answer corrections and messages")
    TRANSFER_PATIENTS = _("offer a patient to another centre, accept or refuse one offered")
    SIGN_FORMS = _("sign forms and cases")
    ASK_CORRECTIONS = _("ask for corrections")
    VERIFY_SOURCE = _("mark source data verified")
    LOCK_FORMS = _("lock and unlock forms and cases")
    STEER_STUDY = _("see all centres side by side")
    AMEND_PROTOCOL = _("change the schedule of a study by a new protocol version")
    DEFINE_ANALYSES = _("define how a study is analysed: covariates and their groups")
    WATCH_SAFETY = _("set the safety rules of a study, and acknowledge what they raise")
    SEND_MESSAGES = _("send a centre a message about a case")
    GIVE_TEMPORARY_ACCESS = _("give somebody temporary access to a case")
    READ_AUDIT = _("read the audit trail of cases and who looked at identities")
    MANAGE_ACCOUNTS = _("invite and deactivate people, grant and end roles, keep centres")


READING = frozenset(
    {
        Action.READ_CASES,
        Action.READ_FIGURES,
        Action.READ_IDENTITY,
        Action.READ_AUDIT,
        Action.STEER_STUDY,
    }
)
"""Actions that change nothing: the others need a token that may write."""

_READER = frozenset({Action.READ_CASES, Action.READ_FIGURES})
_CENTRE = _READER | {
    Action.READ_IDENTITY,
    Action.ENTER_CASES,
    Action.TRANSFER_PATIENTS,
    Action.READ_AUDIT,
}

GRANTS: Mapping[Role, tuple[Reach, frozenset[Action]]] = {
    Role.DATA_MANAGER: (Reach.CENTRE, _CENTRE),
    Role.INVESTIGATOR: (
        Reach.CENTRE,
        _CENTRE | {Action.SIGN_FORMS, Action.GIVE_TEMPORARY_ACCESS},
    ),
    Role.COORDINATOR: (
        Reach.STUDY,
        _READER
        | {
            Action.ASK_CORRECTIONS,
            Action.LOCK_FORMS,
            Action.STEER_STUDY,
            Action.AMEND_PROTOCOL,
            Action.DEFINE_ANALYSES,
            Action.WATCH_SAFETY,
            Action.SEND_MESSAGES,
            Action.GIVE_TEMPORARY_ACCESS,
            Action.READ_AUDIT,
        },
    ),
    Role.MONITOR: (
        Reach.STUDY,
        _READER | {Action.ASK_CORRECTIONS, Action.VERIFY_SOURCE, Action.READ_AUDIT},
    ),
    Role.ANALYST: (Reach.STUDY, _READER | {Action.DEFINE_ANALYSES}),
    Role.READER: (Reach.STUDY, frozenset({Action.READ_FIGURES})),
    Role.ADMINISTRATOR: (Reach.INSTALLATION, frozenset({Action.MANAGE_ACCOUNTS})),
}
"""Role → how far it reaches, and what it allows there."""


def roles_with(action: Action, reach: Reach) -> list[Role]:
    """The roles that allow the action within that reach."""
    return [role for role, (far, actions) in GRANTS.items() if far is reach and action in actions]
