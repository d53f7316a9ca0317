"""A patient goes from one centre to another, driven by two people; then one is refused."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from followup.services import recompute_all
from registry.models import Centre, Patient, User
from registry.scope import system_scope
from tests.browser.conftest import SignIn, World
from tests.browser.test_accessible import violations
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    ParticipationFactory,
    data_manager,
)

pytestmark = pytest.mark.browser

REASON = "Moved house; follow-up nearer to the new address."


@pytest.fixture
def patient(world: World) -> Patient:
    """A patient whose visits are open: radiotherapy ended three months ago."""
    ended_on = dt.date.today() - dt.timedelta(days=92)
    started_on = ended_on - dt.timedelta(days=30)
    enrolment = EnrolmentFactory.create(
        protocol_version=world.study.protocol_version(),
        patient__centre=Centre.objects.get(code="A"),
        patient__pseudonym="JINLING-A-101",
        enrolled_on=started_on.isoformat(),
    )
    CourseFactory.create(
        patient=enrolment.patient,
        number=1,
        started_on=started_on.isoformat(),
        ended_on=ended_on.isoformat(),
    )
    recompute_all(today=dt.date.today())
    return enrolment.patient


@pytest.fixture
def receiver(world: World) -> User:
    centre = CentreFactory.create(code="B", name="Centre B")
    ParticipationFactory.create(study=world.study, centre=centre)
    return data_manager(centre, display_name="Data manager, Centre B")


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def offer(page: Page, patient: Patient) -> None:
    """From the patient's page to the offer, as its centre."""
    page.goto(reverse("registry:patient", args=[patient.pseudonym]))
    page.get_by_role("link", name="Offer to another centre").click()
    page.get_by_label("To", exact=True).select_option(label="Centre B")
    page.get_by_label("Reason").fill(REASON)
    assert violations(page) == []
    page.get_by_role("button", name="Offer the patient").click()
    expect(page.get_by_text("Offered to Centre B.")).to_be_visible()


def test_a_patient_moves_to_another_centre_with_the_open_visits(
    page: Page, world: World, patient: Patient, receiver: User, sign_in: SignIn
) -> None:
    address = reverse("registry:patient", args=[patient.pseudonym])
    sign_in(world.manager)
    offer(page, patient)

    sign_out(page)
    sign_in(receiver)
    waiting = page.locator("#offers")
    expect(waiting).to_contain_text(REASON)
    expect(waiting).to_contain_text("born 1960")
    assert page.goto(address).status == 404  # type: ignore[union-attr]
    page.goto(reverse("registry:home"))
    waiting.get_by_role("link", name=patient.pseudonym).click()
    assert violations(page) == []
    page.get_by_label("Record number of your hospital").fill("B-2026-17")
    page.get_by_role("button", name="Accept the patient").click()

    expect(page.get_by_role("heading", level=1)).to_have_text(patient.pseudonym)
    expect(page.locator("#identity")).to_contain_text("B-2026-17")
    page.goto(reverse("registry:home"))
    expect(page.get_by_role("main")).to_contain_text(patient.pseudonym)
    expect(page.locator("#offers")).to_have_count(0)
    visit = page.locator("main tbody tr", has_text=patient.pseudonym).first
    visit.get_by_role("link").nth(1).click()
    expect(page).to_have_url(re.compile("/enter/assessment/"))

    sign_out(page)
    sign_in(world.manager)
    expect(page.get_by_role("main")).not_to_contain_text(patient.pseudonym)
    page.goto(reverse("followup:grid", query={"search": patient.pseudonym}))
    expect(page.locator("main tbody")).to_have_count(0)
    moved = page.goto(address)
    assert moved is not None
    assert moved.status == 410
    expect(page.get_by_role("main")).to_contain_text(f"{patient.pseudonym} moved to Centre B on")
    expect(page.get_by_role("main")).not_to_contain_text("1960")
    assert violations(page) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_a_refused_offer_leaves_the_patient_where_it_was(
    page: Page, world: World, patient: Patient, receiver: User, sign_in: SignIn, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(world.manager)
    offer(page, patient)

    sign_out(page)
    sign_in(receiver)
    page.locator("#offers").get_by_role("link", name=patient.pseudonym).click()
    page.get_by_role("button", name="Refuse the offer").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.get_by_label("Reason").fill("No place in the clinic until spring.")
    page.get_by_role("button", name="Refuse the offer").click()
    expect(page.get_by_text("The offer is refused.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width

    sign_out(page)
    sign_in(world.manager)
    page.goto(reverse("registry:patient", args=[patient.pseudonym]))
    row = page.locator("#transfer tbody tr")
    expect(row).to_contain_text("Refused")
    row.get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text("No place in the clinic until spring.")
    with system_scope():
        assert Patient.objects.get(pk=patient.pk).centre.code == "A"
