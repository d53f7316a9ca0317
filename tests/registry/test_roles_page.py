"""The table of roles, compared with one made by hand, and its page in the documentation."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from registry import roles_page
from registry.models.choices import Role
from registry.roles import GRANTS, Action, Reach

MAY = """
READ_CASES            data_manager investigator coordinator monitor analyst
READ_FIGURES          data_manager investigator coordinator monitor analyst reader
READ_IDENTITY         data_manager investigator
ENTER_CASES           data_manager investigator
TRANSFER_PATIENTS     data_manager investigator
SIGN_FORMS                         investigator
ASK_CORRECTIONS                                 coordinator monitor
VERIFY_SOURCE                                               monitor
LOCK_FORMS                                      coordinator
STEER_STUDY                                     coordinator
AMEND_PROTOCOL                                  coordinator
DEFINE_ANALYSES                                 coordinator         analyst
WATCH_SAFETY                                    coordinator
SEND_MESSAGES                                   coordinator
GIVE_TEMPORARY_ACCESS              investigator coordinator
READ_AUDIT            data_manager investigator coordinator monitor
MANAGE_ACCOUNTS                                                     administrator
"""


def test_each_role_may_do_what_is_written_here_and_nothing_else() -> None:
    by_hand = {line.split()[0]: set(line.split()[1:]) for line in MAY.strip().splitlines()}

    assert {
        action.name: {role.value for role in Role if action in GRANTS[role][1]} for action in Action
    } == by_hand


def test_each_role_reaches_as_far_as_its_membership() -> None:
    assert {role.value: reach for role, (reach, _actions) in GRANTS.items()} == {
        "data_manager": Reach.CENTRE,
        "investigator": Reach.CENTRE,
        "coordinator": Reach.STUDY,
        "monitor": Reach.STUDY,
        "analyst": Reach.STUDY,
        "reader": Reach.STUDY,
        "administrator": Reach.INSTALLATION,
    }


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    call_command("roles_page", "--check")


def test_a_stale_page_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GRANTS, Role.ANALYST, (Reach.STUDY, frozenset()))

    with pytest.raises(CommandError, match="stale"):
        call_command("roles_page", "--check")


def test_the_page_says_what_a_role_sees_of_a_patient() -> None:
    text = roles_page.roles_page()

    assert "| Data manager | under the pseudonym | yes; each look is recorded | full |" in text
    assert "| Coordinator | under the pseudonym | never | year or age |" in text
    assert "| Administrator | none | never | never |" in text
    assert "(investigators and coordinators may give it)" in text
