"""A coordinator changes a study's schedule, sees what changes for whom, and saves it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import SignIn, World

pytestmark = pytest.mark.browser


def test_a_coordinator_amends_the_schedule_and_the_patient_has_the_new_visit(
    page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.coordinator)
    page.get_by_role("link", name="Studies").click()
    page.get_by_role("main").get_by_role("link", name=world.study.title).click()
    page.get_by_role("link", name="Versions and changes").click()
    page.get_by_role("link", name="Change the schedule").click()
    page.screenshot(path="/tmp/amend_1.png", full_page=True)
