"""A coordinator schedules a report on a phone, has a test made, and opens it."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from analytics.reports import running
from tests.browser.conftest import SignIn, World
from tests.browser.test_accessible import violations
from tests.browser.test_walk import DESK, PHONE, fits

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["1280", "390"])
def test_from_the_form_to_the_copy(page: Page, world: World, sign_in: SignIn, window):
    page.set_viewport_size(window)
    sign_in(world.coordinator)
    page.goto(reverse("analytics:reports", args=[world.study.key]))
    expect(page.get_by_text("Nothing is scheduled.")).to_be_visible()

    page.get_by_role("link", name="New schedule").click()
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_text("Choose at least one reader.").first).to_be_visible()
    assert fits(page)
    assert violations(page) == []

    page.get_by_label("Title").fill("Board report")
    page.get_by_label("Every quarter, on its first working day").check()
    for box in page.locator("input[name=blocks]:not([value=methods])").all():
        box.uncheck()
    page.get_by_label("Coordinator, jinling – every case").check()
    page.get_by_role("button", name="Schedule", exact=True).click()
    expect(page.get_by_text("Board report is scheduled.")).to_be_visible()
    assert fits(page)

    page.get_by_role("button", name="Send me a test: Board report").click()
    expect(page.get_by_text("A test is being made.")).to_be_visible()
    assert running.run(clock=timezone.now) == 1
    page.reload()
    expect(page.get_by_text("Coordinator, jinling: Sent")).to_be_visible()
    assert fits(page)
    assert violations(page) == []

    page.get_by_role("link", name="Board report, 1").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Board report, 1")
    assert fits(page)
    with page.expect_download() as saved:
        page.get_by_role("link", name="PDF").click()
    assert saved.value.suggested_filename == "jinling-report-1.pdf"
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
