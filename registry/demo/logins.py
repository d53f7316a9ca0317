"""Accounts of the demo: roles, not people. The password is public, so they exist there only."""

from __future__ import annotations

from typing import NamedTuple

from registry.demo.centres import CENTRES, PATIENTS
from registry.models.choices import Role

PASSWORD = "synthetic-demo"  # noqa: S105 - shown on purpose


class DemoLogin(NamedTuple):
    """What to type in for a role."""

    role_label: str
    username: str
    password: str


class DemoMembership(NamedTuple):
    """A role at a centre, on a study, or (neither) over the installation."""

    role: Role
    centre: str = ""
    study: str = ""


def _at_every_centre(role: Role, label: str, prefix: str) -> dict[DemoLogin, list[DemoMembership]]:
    return {
        DemoLogin(f"{label}, {centre.name}", f"{prefix}-{centre.code.lower()}", PASSWORD): [
            DemoMembership(role, centre=centre.code)
        ]
        for centre in CENTRES
    }


def _on_every_study(role: Role, label: str) -> dict[DemoLogin, list[DemoMembership]]:
    login = DemoLogin(f"{label}, all studies", role.value, PASSWORD)
    return {login: [DemoMembership(role, study=study) for study in PATIENTS]}


MEMBERSHIPS: dict[DemoLogin, list[DemoMembership]] = {
    **_at_every_centre(Role.DATA_MANAGER, "Data manager", "dm"),
    **_at_every_centre(Role.INVESTIGATOR, "Investigator", "inv"),
    **_on_every_study(Role.COORDINATOR, "Coordinator"),
    **_on_every_study(Role.MONITOR, "Monitor"),
    **_on_every_study(Role.ANALYST, "Analyst"),
    **_on_every_study(Role.READER, "Reader of figures"),
    DemoLogin("Administrator", Role.ADMINISTRATOR.value, PASSWORD): [
        DemoMembership(Role.ADMINISTRATOR)
    ],
}
"""What each account may do, in the order in which they are shown."""

DEMO_LOGINS: tuple[DemoLogin, ...] = tuple(MEMBERSHIPS)
