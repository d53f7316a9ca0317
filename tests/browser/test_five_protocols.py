"""One full case of each protocol, from screening to a local failure and a grade 3 late toxicity at
two years, entered by keyboard only; then found in the grid, the timeline, the worklist and the
curve."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from playwright.sync_api import expect

from registry.models import Course, Progression, ToxicityEvent
from registry.scope import system_scope
from tests.browser.case_entry import (
    CASES,
    Case,
    enter_baseline,
    enter_course,
    enter_disease,
    enter_lesion,
    enter_progression,
    enter_toxicity,
    enter_treatment,
    enter_visits,
    only_patient,
    screen_and_enrol,
    sign_in,
)
from tests.browser.typist import Typist
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    data_manager,
)

pytestmark = pytest.mark.browser

TODAY = dt.datetime(2026, 2, 2, 9, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_a_full_case_is_entered_by_keyboard_and_found_everywhere(hands: Typist, case: Case):
    version = ProtocolVersionFactory.create(study__key=case.key)
    centre = CentreFactory.create(code="A", name="Centre A")
    ParticipationFactory.create(study=version.study, centre=centre)
    manager = data_manager(centre)
    with time_machine.travel(TODAY, tick=True):
        sign_in(hands, manager.username)
        screen_and_enrol(hands)
        enter_baseline(hands, case)
        enter_disease(hands, case)
        enter_treatment(hands, case)
        enter_lesion(hands, case)
        enter_course(hands, case)
        pseudonym = only_patient().pseudonym
        find_on_worklist(hands, pseudonym)
        enter_visits(hands, pseudonym)
        enter_progression(hands, pseudonym)
        enter_toxicity(hands, pseudonym)
        find_everywhere(hands, case, pseudonym)
    with system_scope():
        course, event = Course.objects.get(), ToxicityEvent.objects.get()
        assert Progression.objects.get().kind == "local"
        assert (event.grade, event.course) == (3, course)


def find_on_worklist(hands: Typist, pseudonym: str) -> None:
    """Two years of visits have passed without one."""
    hands.press("Home")
    expect(hands.page.locator("#overdue")).to_contain_text(pseudonym)


def find_everywhere(hands: Typist, case: Case, pseudonym: str) -> None:
    # By record number, from anywhere: straight to the patient.
    hands.key("/")
    hands.type_here("r-4711")
    with hands.page.expect_navigation():
        hands.key("Enter")
    expect(hands.page.get_by_role("heading", level=1)).to_have_text(pseudonym)
    timeline = hands.page.locator(".timeline")
    for words in ("Local", "3", "2026"):
        expect(timeline).to_contain_text(words)

    hands.press("Patients")
    row = hands.page.get_by_role("row", name=pseudonym)
    expect(row).to_have_count(1)
    expect(row.get_by_text("Missing")).to_have_count(0)

    hands.press("Studies")
    hands.press(f"Study {case.key}")
    expect(hands.page.get_by_role("img", name="Local control")).to_be_visible()
    # The only lesion failed, so the median is the day of its failure.
    expect(hands.page.locator("main")).to_contain_text(f"median {case.months} months")
