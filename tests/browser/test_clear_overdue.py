"""A data manager clears a list of four overdue visits, each by another honest exit, by keyboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from playwright.sync_api import Page, expect

from registry.models import Enrolment
from tests.browser.conftest import SignIn
from tests.browser.test_accessible import violations
from tests.browser.typist import Typist
from tests.factories import CentreFactory, data_manager
from tests.followup.factories import expected, followed

pytestmark = pytest.mark.browser

NOW = dt.datetime(2024, 6, 1, 8, tzinfo=dt.UTC)
"""Month 3 after a radiotherapy that ended in January or early February 2024 is overdue."""

# One after the other on the worklist: the earlier radiotherapy ended, the longer overdue.
ENDED = ("2024-01-28", "2024-01-29", "2024-01-30", "2024-01-31")


@pytest.fixture
def overdue(transactional_db: None) -> Iterator[list[Enrolment]]:
    """Four patients of one centre whose visit of month 3 is overdue, the longest first."""
    centre = CentreFactory.create(code="A", name="Centre A")
    with time_machine.travel(NOW):
        enrolments = [followed(centre=centre, ended_on=day) for day in ENDED]
        for enrolment in enrolments:
            expected(enrolment, NOW.date())
        yield enrolments


def test_an_overdue_list_is_cleared_with_an_honest_exit_for_each_visit(
    page: Page, overdue: list[Enrolment], sign_in: SignIn, hands: Typist
) -> None:
    came, put_off, stayed_away, without = (one.patient.pseudonym for one in overdue)
    sign_in(data_manager(overdue[0].patient.centre))
    listed = page.locator("#overdue tbody tr")
    expect(listed).to_have_count(4)

    # The first came: the visit is entered.
    hands.press("Month 3")
    hands.type("Assessed on", "2024-05-02")
    hands.choose("Toxicity assessed", "Yes")
    hands.type("Performed on", "2024-05-02")
    hands.type("Performed on", "2024-05-02")
    hands.save()
    page.wait_for_url(f"**/patients/{came}/**")

    # The second is to come later.
    page.goto("/")
    expect(listed).to_have_count(3)
    hands.press(f"Say why not {put_off} Month 3")
    page.get_by_label("It was missed").focus()
    hands.key("ArrowDown")
    hands.type("New date", "2024-07-15")
    hands.choose("Reason", "Another treatment goes on")
    assert violations(page) == []
    hands.press("Save")

    # The person is back at the next line, whose patient did not come.
    expect(
        page.get_by_text(f"{put_off}, Month 3: Postponed by the treating doctor.")
    ).to_be_visible()
    expect(listed).to_have_count(2)
    assert page.evaluate("document.querySelector(':target').textContent").split()[0] == stayed_away
    page.get_by_label(f"Tick {stayed_away}, Month 3").check()
    page.get_by_role("button", name="Ticked visits were missed: say why").click()
    page.get_by_label("Reason").select_option("The patient did not come")
    page.get_by_label("In words").fill("called twice")
    assert violations(page) == []
    page.get_by_role("button", name="Save: missed").click()

    # For the last one the visit does not apply.
    expect(listed).to_have_count(1)
    page.set_viewport_size({"width": 390, "height": 900})
    page.get_by_role("link", name=f"Say why not {without} Month 3").click()
    page.get_by_label("It does not apply to this patient").check()
    page.get_by_label("In words").fill("Amputated meanwhile; followed at another clinic")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("No visit is overdue.")).to_be_visible()
    for pseudonym, told in (
        (came, "Done"),
        (put_off, "Postponed from 29 Apr 2024: Another treatment goes on"),
        (stayed_away, "Missed: The patient did not come: called twice"),
        (without, "Not applicable: Amputated meanwhile; followed at another clinic"),
    ):
        page.goto(f"/patients/{pseudonym}/")
        month_3 = page.locator("#visits tbody tr").filter(has_text="Month 3")
        expect(month_3.first).to_contain_text(told)
