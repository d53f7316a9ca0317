"""The page of roles in the documentation, written from the table of roles."""

from __future__ import annotations

from registry.models.choices import Role
from registry.roles import GRANTS, Action, Reach

_HEAD = """# Roles

Written by `manage.py roles_page` from [`registry/roles.py`](../registry/roles.py);
do not edit by hand.

A person holds roles by memberships, each at a centre, on a study or over the installation, and
may hold several. A membership may have an end. What no role allows is refused: a case that one
may not see answers as if it were not there (404), an action that one may not do on a case that
one sees is refused (403). Questions of access are asked in
[`registry/permissions.py`](../registry/permissions.py) only; rows are cut in
[`registry/scope.py`](../registry/scope.py); which page asks what is declared in
[`config/access.py`](../config/access.py) and tried address by address (`tests/access/`).
"""

_GUEST = """## Access beside the roles

- **Temporary access**: a person may read one case, under its pseudonym, for a stated reason until
  a stated time ({givers} may give it). It allows nothing else, and the patient's centre sees it.
- **Dashboards**: who steers a study may open aggregates of it, without small counts, to everybody
  with a role in it or at its centres, or to whoever has the address, without signing in
  ([dashboard](users/dashboard.md)).
- **API tokens** never allow more than their person's roles, and less when they are made for
  reading only.
- **The installation itself** (commands, tasks) works over all centres and is recorded without a
  person.
- **No role**: somebody who signs in without a membership sees an empty registry.
"""


def roles_page() -> str:
    """The whole page as Markdown."""
    return "\n".join(
        [_HEAD, *_reaches(), "", *_actions(), "", *_identity(), "", _GUEST.format(givers=_givers())]
    )


def _reaches() -> list[str]:
    lines = ["## Where a role holds", "", "| role | membership | reaches |", "|---|---|---|"]
    places = {
        Reach.CENTRE: "of a centre",
        Reach.STUDY: "of a study",
        Reach.INSTALLATION: "of the installation",
    }
    lines += [
        f"| {role.label} | {places[GRANTS[role][0]]} | {GRANTS[role][0].value} |" for role in Role
    ]
    return lines


def _actions() -> list[str]:
    lines = [
        "## Who may do what",
        "",
        "| may | " + " | ".join(str(role.label) for role in Role) + " |",
        "|---|" + "---|" * len(Role),
    ]
    for action in Action:
        cells = ("yes" if action in GRANTS[role][1] else "" for role in Role)
        lines.append(f"| {action.value} | " + " | ".join(cells) + " |")
    return lines


def _identity() -> list[str]:
    lines = [
        "## What each role sees of a patient",
        "",
        "| role | clinical data | names, record numbers, contacts | birth date |",
        "|---|---|---|---|",
    ]
    for role in Role:
        _reach, actions = GRANTS[role]
        reads, identifies = Action.READ_CASES in actions, Action.READ_IDENTITY in actions
        shown = "yes; each look is recorded" if identifies else "never"
        birth = "full" if identifies else "year or age" if reads else "never"
        clinical = "under the pseudonym" if reads else "none"
        lines.append(f"| {role.label} | {clinical} | {shown} | {birth} |")
    return lines


def _givers() -> str:
    labels = [
        str(role.label).lower() for role in Role if Action.GIVE_TEMPORARY_ACCESS in GRANTS[role][1]
    ]
    return " and ".join(f"{label}s" for label in labels)
