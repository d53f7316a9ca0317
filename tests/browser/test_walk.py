"""A data manager's walk: sign in, worklist, patients, one patient, the study's curves, sign out."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignIn, World

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def fits(page: Page) -> bool:
    """Nothing of the page lies beside the window."""
    wide: bool = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    return not wide


@pytest.mark.parametrize("window", [DESK, PHONE], ids=["1280", "390"])
def test_from_sign_in_to_the_curve_and_out(page: Page, world: World, sign_in: SignIn, window):
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.set_viewport_size(window)

    sign_in(world.manager)
    expect(page.get_by_role("heading", level=1)).to_have_text("Worklist")
    assert fits(page)

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Patients").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Patients")
    assert fits(page)

    page.get_by_label("Pseudonym", exact=True).fill(world.patient.pseudonym)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("1 patient", exact=True)).to_be_visible()
    page.get_by_role("link", name=world.patient.pseudonym, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(world.patient.pseudonym)
    expect(page.get_by_role("group", name="Derived dose")).to_be_visible()
    assert fits(page)

    page.locator(".headline").get_by_role("link", name=world.study.key).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(world.study.title)
    expect(page.get_by_role("img", name="Local control")).to_be_visible()
    expect(page.get_by_role("img", name="Overall survival")).to_be_visible()
    assert fits(page)

    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert fits(page)
    assert faults == []


def test_the_keyboard_reaches_the_content_and_the_menu(page: Page, world: World, sign_in: SignIn):
    sign_in(world.manager)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")

    menu = page.locator(".menu summary")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()


def test_the_pages_work_without_a_script(browser, live_server, world: World) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(reverse("login"))
    page.get_by_label("Username").fill(world.manager.username)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    context.close()
