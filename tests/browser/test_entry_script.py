"""What forms do in the browser: ask before leaving, send once, hide what does not apply."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Dialog, Page, expect

from registry.models import Course, Disease
from registry.scope import system_scope
from tests.browser.conftest import SignIn, World
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def form(page: Page, world: World, sign_in: SignIn) -> Page:
    """A new course of the world's patient; nothing typed yet."""
    sign_in(world.manager)
    page.goto(reverse("registry:enter", args=["course", "new", world.patient.pseudonym]))
    return page


def courses(world: World) -> int:
    with system_scope():
        return int(Course.objects.filter(patient=world.patient).count())


def test_leaving_with_unsaved_work_asks_and_staying_loses_nothing(form: Page):
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    form.on("dialog", stay)
    form.get_by_label("Machine").press_sequentially("Linac 2")
    form.get_by_role("navigation", name="Main").get_by_role("link", name="Studies").click()

    expect(form.get_by_label("Machine")).to_have_value("Linac 2")
    assert asked == ["beforeunload"]


def test_leaving_an_untouched_form_does_not_ask(form: Page):
    asked: list[str] = []
    form.on("dialog", lambda dialog: asked.append(dialog.type))

    form.get_by_role("navigation", name="Main").get_by_role("link", name="Studies").click()

    expect(form.get_by_role("heading", level=1)).to_have_text("Studies")
    assert asked == []


def test_a_double_click_on_save_makes_one_row(form: Page, world: World):
    before = courses(world)
    form.get_by_label("Machine").press_sequentially("Linac 2")
    form.get_by_role("button", name="Save", exact=True).last.dblclick()

    form.wait_for_url(f"**{reverse('registry:patient', args=[world.patient.pseudonym])}**")
    assert courses(world) == before + 1


def test_a_question_appears_when_it_applies_and_goes_when_it_does_not(form: Page):
    model = form.get_by_label("RBE model")
    expect(model).to_be_hidden()

    form.get_by_label("Radiation", exact=True).select_option("carbon")
    expect(model).to_be_visible()
    form.get_by_label("Radiation", exact=True).select_option("photon")
    expect(model).to_be_hidden()


def test_a_form_comes_back_as_it_was_after_the_session_ended(form: Page, world: World):
    before = courses(world)
    form.get_by_label("Machine").press_sequentially("Linac 2")
    form.context.clear_cookies(name="sessionid")
    form.get_by_label("Energy").press_sequentially("10 MV")
    form.keyboard.press("Control+Enter")

    expect(form.get_by_text("Your session has ended.")).to_be_visible()
    form.get_by_label("Username").fill(world.manager.username)
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(form.get_by_text("Your unsaved entries are back")).to_be_visible()
    expect(form.get_by_label("Machine")).to_have_value("Linac 2")
    expect(form.get_by_label("Energy")).to_have_value("10 MV")
    assert courses(world) == before
    form.keyboard.press("Control+Enter")
    form.wait_for_url(f"**{reverse('registry:patient', args=[world.patient.pseudonym])}**")
    assert courses(world) == before + 1


def test_two_editors_see_both_values_side_by_side(form: Page, world: World):
    address = reverse("registry:enter", args=["disease", "1", world.patient.pseudonym])
    form.goto(address)
    with system_scope():
        disease = Disease.objects.get(patient=world.patient)
        Disease.objects.filter(pk=disease.pk).update(size_cm="4.4", version=disease.version + 1)

    form.get_by_label("Largest diameter (cm)").fill("5.5")
    form.get_by_label("Why").select_option("typing_error")
    form.keyboard.press("Control+Enter")

    choice = form.get_by_role("group", name="Largest diameter (cm)")
    expect(choice.get_by_text("4.4")).to_be_visible()
    expect(choice.get_by_text("5.5")).to_be_visible()
    choice.get_by_label("Yours: 5.5").check()
    form.keyboard.press("Control+Enter")
    form.wait_for_url(f"**{reverse('registry:patient', args=[world.patient.pseudonym])}**")
    with system_scope():
        assert str(Disease.objects.get(pk=disease.pk).size_cm) == "5.50"


def test_without_any_script_a_row_is_added_and_the_form_saved(browser, live_server, world: World):
    """Some old browsers of hospitals run none."""
    context = browser.new_context(base_url=live_server.url, locale="en", java_script_enabled=False)
    page = context.new_page()
    before = courses(world)
    page.goto(reverse("registry:enter", args=["course", "new", world.patient.pseudonym]))
    page.get_by_label("Username").fill(world.manager.username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_label("Machine").fill("Linac 2")
    page.get_by_label("Dose (Gy or Gy(RBE))").fill("50")
    page.get_by_role("button", name="Add a phase").click()

    expect(page.get_by_label("Dose (Gy or Gy(RBE))")).to_have_count(2)
    expect(page.get_by_label("Machine")).to_have_value("Linac 2")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(world.patient.pseudonym)
    context.close()
    assert courses(world) == before + 1
