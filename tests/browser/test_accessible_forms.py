"""Every form, empty, filled and refused, keeps the WCAG 2.2 rules that axe checks, and fits."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from registry.entry.pages import PAGES
from tests.browser.conftest import SignIn, World
from tests.browser.looks import every_look
from tests.browser.test_accessible import violations

pytestmark = pytest.mark.browser


def forms(world: World) -> list[str]:
    """Addresses of every form: of a saved row, and of a new one where there may be several."""
    pseudonym = world.patient.pseudonym
    found = [reverse("registry:new_patient")]
    for key, page in PAGES.items():
        if key in ("enrolment", "withdrawal"):
            keys = [world.study.key]
        else:
            keys = ["1", "new"] if page.many else [page.first_key]
        found += [reverse("registry:enter", args=[key, one, pseudonym]) for one in keys]
    return found


def too_wide(page: Page) -> bool:
    """True when something lies beside the window."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


# Each width and each scheme once: what is wrong with colours does not depend on the width.
@every_look
def test_axe_finds_nothing_on_any_form(page: Page, world: World, sign_in: SignIn, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(world.manager)
    found = []
    for address in forms(world):
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        found += violations(page)
        if too_wide(page):
            found.append(f"{address} is wider than the window")

    assert found == []


def test_axe_finds_nothing_on_a_refused_form(page: Page, world: World, sign_in: SignIn):
    sign_in(world.manager)
    found = []
    for key in ("disease", "course", "assessment", "toxicity", "progression"):
        page.goto(reverse("registry:enter", args=[key, "new", world.patient.pseudonym]))
        page.locator("#entry input.date").first.fill("2023-13")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        assert page.locator("#problems li").count() > 0, key
        found += violations(page)

    assert found == []
