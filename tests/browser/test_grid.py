"""The grid and the search by keyboard."""

import re

import pytest
from django.http import QueryDict
from django.urls import reverse
from playwright.sync_api import Page, expect

from registry.services import corrections, drafts
from registry.services.status import refresh_all
from tests.browser.conftest import SignIn, World
from tests.browser.looks import every_look
from tests.browser.test_accessible import violations

pytestmark = pytest.mark.browser


def test_a_slash_leads_to_the_search_and_the_search_to_the_patient(
    page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.manager)
    field = page.get_by_label("Find a patient")

    page.keyboard.press("/")
    expect(field).to_be_focused()
    page.keyboard.type("Canary/")
    expect(field).to_have_value("Canary/")
    page.keyboard.press("Control+a")
    page.keyboard.type(world.patient.pseudonym)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(world.patient.pseudonym)


def test_a_name_is_found_and_stands_in_no_address(page: Page, world: World, sign_in: SignIn):
    sign_in(world.manager)

    page.keyboard.press("/")
    page.keyboard.type("canary family")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('followup:grid')}**")

    assert "anary" not in page.url
    expect(page.locator("table.grid tbody tr")).to_have_count(6)


def test_arrow_keys_move_through_the_marks_and_enter_opens_the_form(
    page: Page, world: World, sign_in: SignIn
) -> None:
    sign_in(world.manager)
    page.goto(reverse("followup:grid"))
    rows = page.locator("table.grid tbody tr")

    rows.nth(0).get_by_role("link").nth(0).focus()
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    mark = rows.nth(1).get_by_title(re.compile("^Disease: "))
    expect(mark).to_be_focused()

    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(mark).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/enter/disease/1/JINLING-A-002/")


def test_tab_passes_the_marks_in_one_step(page: Page, world: World, sign_in: SignIn) -> None:
    sign_in(world.manager)
    page.goto(reverse("followup:grid"))

    page.locator("table.grid tbody a").first.focus()
    page.keyboard.press("Tab")

    inside = page.evaluate("document.activeElement.closest('table.grid tbody') !== null")
    assert not inside


def test_the_grid_fits_a_phone_and_names_its_marks(page: Page, world: World, sign_in: SignIn):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(world.manager)
    page.goto(reverse("followup:grid"))

    wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not wide
    shown = page.evaluate(
        "getComputedStyle(document.querySelector('.mark-cell a'), '::after').content"
    )
    assert shown.startswith('"Screening: ')


@every_look
def test_axe_finds_nothing_on_a_full_worklist(page, world, sign_in, scheme, width) -> None:
    refresh_all()
    pseudonym = world.patient.pseudonym
    address = reverse("registry:enter", args=["disease", "1", pseudonym])
    drafts.keep_draft(user=world.manager, address=address, data=QueryDict("disease-site=thigh"))
    asked = corrections.ask(patient=world.patient, question="Which day?", by=world.coordinator)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(world.manager)

    found = []
    for address in (
        reverse("registry:home"),
        reverse("followup:grid"),
        reverse("registry:correction", args=[asked.pk]),
    ):
        page.goto(address)
        found += violations(page)
    page.get_by_label("Find a patient").fill("nobody at all")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody was found")).to_be_visible()
    found += violations(page)

    assert found == []
