"""Signing in with a passkey and with an authenticator app, in Chromium."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import CDPSession, ConsoleMessage, Page, expect

from registry.models import User
from tests.browser.conftest import SignIn, World
from tests.factories.people import PASSWORD
from tests.one_at_a_time import one_request_at_a_time
from tests.registry.accounts.totp import code_now

pytestmark = pytest.mark.browser

HOME = reverse("registry:home")


@pytest.fixture
def page(browser, live_server) -> Iterator[Page]:
    """A fresh page under the name of this machine: browsers make no passkeys for bare addresses."""
    address = live_server.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 900}, locale="en"
    )
    with one_request_at_a_time():
        yield context.new_page()
        context.close()


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains about: blocked scripts, errors."""
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            said.append(message.text)

    page.on("console", listen)
    return said


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A device that makes passkeys and says yes when it is asked for a finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def sign_out(page: Page) -> None:
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def first_step(page: Page, user: User) -> None:
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page) -> None:
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name", exact=True).fill("Work computer")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def test_a_passkey_is_made_and_signs_in_alone(
    page: Page, world: World, sign_in: SignIn, device: CDPSession, complaints: list[str]
):
    sign_in(world.manager)
    add_passkey(page)
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(reverse("mfa_index"))
    expect(page.get_by_role("row", name="Work computer")).to_be_visible()
    sign_out(page)

    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url(f"**{HOME}")
    expect(page.locator(".menu-name")).to_have_text(str(world.manager))
    assert complaints == []


def test_a_passkey_is_the_second_step_after_the_password(
    page: Page, world: World, sign_in: SignIn, device: CDPSession, complaints: list[str]
):
    sign_in(world.manager)
    add_passkey(page)
    page.goto(HOME)
    sign_out(page)

    first_step(page, world.manager)
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url(f"**{HOME}")
    assert complaints == []


def test_a_passkey_that_is_not_there_is_said(page: Page, world: World, device: CDPSession):
    page.goto(reverse("login"))
    device.send("WebAuthn.disable")
    page.goto(page.url.replace("localhost", "127.0.0.1"))

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("The passkey did not work.")).to_be_visible()


def test_an_app_is_set_up_and_its_code_asked(page: Page, world: World, sign_in: SignIn):
    sign_in(world.manager)
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Set up an app").click()
    key = page.locator("code").inner_text()
    expect(page.get_by_alt_text("Square code of the key below")).to_be_visible()
    page.get_by_label("Authenticator code").fill(code_now(key))
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="Go to the worklist").click()
    sign_out(page)

    first_step(page, world.manager)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_text("The code is wrong").first).to_be_visible()
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{HOME}")


def test_a_form_comes_back_after_a_sign_in_by_passkey(
    page: Page, world: World, sign_in: SignIn, device: CDPSession
):
    sign_in(world.manager)
    add_passkey(page)
    page.goto(reverse("registry:enter", args=["course", "new", world.patient.pseudonym]))
    page.get_by_label("Machine").press_sequentially("Linac 2")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Your session has ended.")).to_be_visible()

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_text("Your unsaved entries are back")).to_be_visible()
    expect(page.get_by_label("Machine")).to_have_value("Linac 2")
