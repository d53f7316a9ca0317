"""The page of a patient and the page of components, as people meet them."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from registry.models import Patient
from tests.browser.conftest import SignIn, World
from tests.browser.looks import every_look
from tests.browser.test_accessible import violations
from tests.factories import (
    AssessmentFactory,
    ProgressionFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
    ToxicityEventFactory,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def patient(world: World) -> Patient:
    """A patient with events of every kind: partial dates, open ends, two at one place."""
    patient = world.patient
    SurgeryFactory.create(patient=patient, number=2, performed_on="2023-11")
    SystemicTherapyFactory.create(
        patient=patient, number=2, started_on="2023-07-03", regimen="doxorubicin, ifosfamide"
    )
    for number in (2, 3, 4):
        ToxicityEventFactory.create(
            patient=patient, number=number, grade=number - 1, onset_on="2024-03-01"
        )
    AssessmentFactory.create(patient=patient, number=2, assessed_on="2025")
    ProgressionFactory.create(patient=patient, number=2, kind="distant", occurred_on="2025-03-02")
    return patient


@every_look
def test_axe_finds_nothing(page: Page, world, patient, sign_in: SignIn, scheme, width) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(world.manager)
    found = []
    for address in (
        reverse("registry:patient", args=[patient.pseudonym]),
        reverse("registry:history", args=[patient.pseudonym], query={"section": "toxicity"}),
        reverse("registry:style"),
    ):
        page.goto(address)
        page.locator("details.more").evaluate_all("all => all.forEach(one => { one.open = true; })")
        found += violations(page)
        # Nothing makes the page itself scroll sideways.
        assert page.evaluate("document.documentElement.scrollWidth") == width, address

    assert found == []


@pytest.mark.parametrize(
    ("width", "shown"), [(1280, "timeline-figure"), (390, "timeline-figure-compact")]
)
def test_the_timeline_fits_the_screen(page: Page, world, patient, sign_in, width, shown) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(world.manager)
    page.goto(reverse("registry:patient", args=[patient.pseudonym]))

    figures = page.locator("figure.timeline svg.figure-timeline")
    visible = [figure for figure in figures.all() if figure.is_visible()]

    assert [figure.get_attribute("aria-labelledby") for figure in visible] == [f"{shown}-title"]
    box = visible[0].bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    # Letters are at least as large as the smallest of the page: 12 pixels on a phone.
    height = (
        visible[0].locator("text").first.evaluate("text => text.getBoundingClientRect().height")
    )
    assert height >= 12


def test_no_two_marks_of_the_timeline_cover_one_another(page: Page, world, patient, sign_in):
    sign_in(world.manager)
    page.goto(reverse("registry:patient", args=[patient.pseudonym]))

    boxes = page.locator("figure.timeline svg:not(.figure-compact) .fig-event").evaluate_all(
        "events => events.map(event => { const b = event.getBoundingClientRect();"
        " return [b.left, b.top, b.right, b.bottom]; })"
    )

    assert len(boxes) > 12
    covering = [
        (one, other)
        for place, one in enumerate(boxes)
        for other in boxes[place + 1 :]
        if one[0] < other[2] - 1
        and other[0] < one[2] - 1
        and one[1] < other[3] - 4
        and other[1] < one[3] - 4
    ]
    assert covering == []


def test_the_timeline_is_a_list_for_those_who_cannot_see_it(page: Page, world, patient, sign_in):
    sign_in(world.manager)
    page.goto(reverse("registry:patient", args=[patient.pseudonym]))

    page.get_by_text("The timeline as a list").focus()
    page.keyboard.press("Enter")

    lines = page.locator("#timeline details tbody tr")
    drawn = page.locator("figure.timeline svg:not(.figure-compact) .fig-event").count()
    assert lines.count() >= drawn
    expect(lines.filter(has_text="Progression: Distant")).to_contain_text("2 Mar 2025")


def test_from_a_row_to_its_form_and_from_a_section_to_its_history(page, world, patient, sign_in):
    sign_in(world.manager)
    page.goto(reverse("registry:patient", args=[patient.pseudonym]))

    page.locator("#disease").get_by_role("link", name="Change Disease 1").click()
    expect(page).to_have_url(re.compile("/enter/disease/1/"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Disease and stage")

    page.go_back()
    page.locator("#disease").get_by_role("link", name="History").click()
    expect(page).to_have_url(re.compile("section=disease"))
    expect(page.get_by_label("Section")).to_have_value("disease")
    expect(page.locator("tbody tr")).to_have_count(1)


def test_what_is_missing_leads_to_the_field(page: Page, world, patient, sign_in) -> None:
    sign_in(world.manager)
    page.goto(reverse("registry:patient", args=[patient.pseudonym]))

    page.locator("#courses .problems").get_by_role("link", name="intent").click()

    expect(page).to_have_url(re.compile("#id_course-intent$"))
    expect(page.locator("#id_course-intent")).to_be_in_viewport()
