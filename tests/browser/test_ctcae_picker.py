"""A toxicity is entered without a mouse: two letters, arrows, the grades that exist."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from registry.models import ToxicityEvent
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.browser.conftest import SignIn, World
from tests.browser.test_accessible import RULES

pytestmark = pytest.mark.browser

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def form(page: Page, world: World, sign_in: SignIn) -> Page:
    """A new toxicity of the world's patient, who has Dermatitis radiation of grade 2 already."""
    sign_in(world.manager)
    page.goto(reverse("registry:enter", args=["toxicity", "new", world.patient.pseudonym]))
    return page


def chosen(page: Page) -> str:
    """Words of the radio button that has the focus and is chosen."""
    return str(page.locator("label.pick:has(input:checked:focus)").inner_text())


def test_a_toxicity_is_entered_by_keyboard_only(form: Page, world: World) -> None:
    form.get_by_label("Term (CTCAE 4.03)").focus()
    form.keyboard.type("oede")
    expect(form.locator("#event-term-count")).to_contain_text("terms")
    form.keyboard.press("ArrowDown")
    expect(form.locator("label.pick:has(input:checked)")).to_contain_text("Edema cerebral")
    for _ in range(2):
        form.keyboard.press("ArrowDown")
    expect(form.locator("#id_event-grade")).to_contain_text("Grades of Edema limbs")
    assert "Edema limbs" in chosen(form)

    form.keyboard.press("Tab")
    form.keyboard.press("Space")
    form.keyboard.press("ArrowDown")
    assert "Grade 2" in chosen(form)
    form.keyboard.press("Tab")
    form.keyboard.type("2024-07-01")
    expect(form.locator("#live")).to_contain_text("Late")
    expect(form.locator("#live")).to_contain_text("152 days after the last fraction")
    form.keyboard.press("Control+Enter")

    form.wait_for_url("**/patients/**")
    with system_scope():
        event = ToxicityEvent.objects.select_related("term", "course").get(
            patient=world.patient, term__term="Edema limbs"
        )
    assert (event.term.release, event.grade) == ("4.03", 2)
    assert event.onset_on == PartialDate(2024, 7, 1)
    assert event.course is not None


def test_enter_in_the_search_chooses_and_does_not_save(form: Page, world: World) -> None:
    form.get_by_label("Term (CTCAE 4.03)").focus()
    form.keyboard.type("lymphed")
    form.keyboard.press("Enter")

    expect(form.locator("label.pick:has(input:checked)")).to_contain_text("Lymphedema")
    assert "Lymphedema" in chosen(form)
    assert "/enter/toxicity/new/" in form.url


def test_a_chosen_term_survives_another_search(form: Page) -> None:
    form.get_by_label("Term (CTCAE 4.03)").focus()
    form.keyboard.type("lymphed")
    form.keyboard.press("Enter")
    expect(form.locator("#id_event-grade")).to_contain_text("Grades of Lymphedema")

    form.get_by_label("Term (CTCAE 4.03)").fill("fatigue")
    expect(form.locator("#event-term-found")).to_contain_text("Fatigue")

    expect(form.locator("#event-term-found label.pick").first).to_contain_text("Lymphedema")
    expect(form.locator("#event-term-found input:checked")).to_have_count(1)

    form.keyboard.press("Enter")
    expect(form.locator("#id_event-grade")).to_contain_text("Grades of Fatigue")
    assert "Fatigue" in chosen(form)


def test_what_is_typed_before_the_list_has_followed_is_searched_first(form: Page) -> None:
    """Enter in the same moment as the last letter chooses of the new list, not of the old one."""
    form.get_by_label("Term (CTCAE 4.03)").focus()
    form.keyboard.insert_text("lymphed")
    form.keyboard.press("Enter")

    expect(form.locator("label.pick:has(input:checked)")).to_contain_text("Lymphedema")


def test_without_a_find_the_focus_stays_in_the_search(form: Page) -> None:
    form.get_by_label("Term (CTCAE 4.03)").focus()
    form.keyboard.type("xyzzy")
    form.keyboard.press("Enter")

    expect(form.locator("#event-term-count")).to_contain_text("No term found")
    expect(form.get_by_label("Term (CTCAE 4.03)")).to_be_focused()


def test_the_terms_that_the_centre_used_last_are_offered_before_typing(form: Page) -> None:
    expect(form.locator("#event-term-found legend")).to_have_text("Last used at the centre")
    expect(form.locator("#event-term-found label.pick")).to_contain_text(["Dermatitis radiation"])


def test_grade_5_asks_for_the_death_first(form: Page) -> None:
    form.get_by_label("Term (CTCAE 4.03)").focus()
    form.keyboard.type("pneumonitis")
    form.keyboard.press("Enter")
    form.get_by_label("Grade 5").check()

    expect(form.locator("#live")).to_contain_text("Enter the death first")
    expect(form.get_by_label("Resolved on")).to_be_hidden()


def test_axe_finds_nothing_on_the_filled_form(form: Page) -> None:
    form.get_by_label("Term (CTCAE 4.03)").focus()
    form.keyboard.type("fi")
    form.keyboard.press("Enter")
    expect(form.locator("#id_event-grade")).to_contain_text("Grades of")
    found = []
    for width in (1280, 390):
        form.set_viewport_size({"width": width, "height": 900})
        for scheme in SCHEMES:
            form.emulate_media(color_scheme=scheme)
            for rule in Axe().run(form, options=RULES).response["violations"]:
                found += [(width, scheme, rule["id"], node["html"][:150]) for node in rule["nodes"]]

    assert found == []
