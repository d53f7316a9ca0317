"""The catalogue: every check is known by its id, and its examples show what it is for."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from registry.checks import CHECKS, check_case, impossible, page
from registry.models import Disease, Patient, Phase
from registry.models.status import FORMS
from registry.protocols import preset
from tests.registry.checks import (
    test_course,
    test_dates,
    test_disease,
    test_follow_up,
    test_links,
    test_plan,
    test_single,
    test_study,
    test_toxicity,
    test_treatment,
)
from tests.registry.checks.examples import TODAY, adding, removing, setting, sound_case

pytestmark = pytest.mark.django_db

THEMES = (
    test_course,
    test_dates,
    test_disease,
    test_follow_up,
    test_links,
    test_plan,
    test_single,
    test_study,
    test_toxicity,
    test_treatment,
)


def test_a_sound_case_has_no_finding() -> None:
    assert check_case(sound_case(), today=TODAY) == []


def test_every_check_is_shown_to_find_something_and_to_let_something_pass() -> None:
    shown = {example.check_id for theme in THEMES for example in theme.EXAMPLES}

    assert {check.id for check in CHECKS} == shown


def test_ids_are_unique_and_every_check_says_what_it_holds_and_of_which_forms() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    assert all(check.what.endswith(".") and "\n" not in check.what for check in CHECKS)
    assert all(check.forms and set(check.forms.split()) <= set(FORMS) for check in CHECKS)


def test_only_impossible_findings_refuse_a_write() -> None:
    case = sound_case()
    removing(Phase)(case)

    assert impossible(check_case(case, today=TODAY)) == []


def test_a_reason_for_a_missing_value_satisfies_the_check() -> None:
    case = sound_case()
    setting(Patient, sex="", missing={"sex": "refused"})(case)

    assert check_case(case, today=TODAY) == []


def test_items_that_the_protocol_requires_are_incomplete() -> None:
    found = check_case(sound_case(), today=TODAY, protocols=[preset("jinling")])

    assert found
    assert {finding.severity for finding in found} == {"incomplete"}
    assert {finding.check_id for finding in found} == {"required-by-jinling"}


def test_an_item_that_does_not_apply_is_not_required() -> None:
    """CNAO requires the fractions per week, which a single fraction does not have."""

    def required(fraction_count: int) -> set[str]:
        case = sound_case()
        setting(Phase, dose_gy=20, fraction_count=fraction_count)(case)
        found = check_case(case, today=TODAY, protocols=[preset("cnao")])
        return {finding.field for finding in found if finding.model == "phase"}

    assert required(2) == {"fractions_per_week"}
    assert required(1) == set()


def test_an_item_with_a_reason_is_not_required() -> None:
    case = sound_case()
    adding(Disease, morphology="8890/3", grade="2", missing={"diagnosed_on": "unknown"})(case)
    found = check_case(case, today=TODAY, protocols=[preset("jinling")])

    assert [finding for finding in found if finding.model == "disease"] == []


def test_the_page_of_the_checks_is_not_stale() -> None:
    call_command("checks_page", "--check")


def test_a_changed_check_makes_the_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "CHECKS", CHECKS[1:])

    with pytest.raises(CommandError, match="stale"):
        call_command("checks_page", "--check")


def test_the_page_names_every_check_with_its_strength() -> None:
    text = page.checks_page()

    assert all(f"| `{check.id}` | {check.severity} | {check.what} |" in text for check in CHECKS)
