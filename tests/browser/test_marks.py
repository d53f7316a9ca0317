"""A form from verified to signed to locked, and what an edit does to that, in Chromium."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from registry.models import Patient, Study, User
from tests.browser.conftest import SignIn
from tests.browser.test_accessible import RULES
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
    monitor,
)
from tests.factories.people import PASSWORD, MembershipFactory
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.browser


@pytest.fixture
def study(transactional_db: None) -> Study:
    found: Study = ProtocolVersionFactory.create().study
    return found


@pytest.fixture
def patient(study: Study) -> Patient:
    centre = CentreFactory.create(code="A", name="Centre A")
    ParticipationFactory.create(study=study, centre=centre)
    return full_case(study.protocol_version(), centre=centre, pseudonym="JINLING-A-001")


def investigator(patient: Patient) -> User:
    person: User = UserFactory.create(display_name="Investigator of A")
    MembershipFactory.create(user=person, role="investigator", centre=patient.centre)
    return person


def as_person(page: Page, sign_in: SignIn, person: User, patient: Patient) -> None:
    """Somebody else sits down and opens the patient."""
    page.context.clear_cookies()
    sign_in(person)
    page.goto(f"/patients/{patient.pseudonym}/")


def is_accessible(page: Page) -> None:
    assert Axe().run(page, options=RULES).response["violations"] == []


def change_size(page: Page, size: str) -> None:
    page.locator("#disease").get_by_role("link", name="Change Disease 1").click()
    page.get_by_label("Largest diameter (cm)").fill(size)
    page.get_by_label("Why").select_option(label="Typing or transcription error")
    page.get_by_role("button", name="Save", exact=True).first.click()


def test_verified_signed_voided_locked_and_unlocked(
    page: Page, sign_in: SignIn, study: Study, patient: Patient
) -> None:
    disease = page.locator("#disease")

    as_person(page, sign_in, monitor(study), patient)
    disease.get_by_role("button", name="Mark as verified Disease 1").click()
    expect(page.get_by_text("Disease 1: source data verified.")).to_be_visible()
    expect(disease.get_by_text("Source data verified")).to_be_visible()
    is_accessible(page)

    signer = investigator(patient)
    as_person(page, sign_in, signer, patient)
    disease.get_by_role("link", name="Sign Disease 1").click()
    is_accessible(page)
    page.get_by_label("I have reviewed this form against the source data").check()
    page.get_by_label("Your password").fill("not my password")
    page.get_by_role("button", name="Sign").click()
    expect(page.get_by_text("The password is wrong.").first).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign").click()
    expect(disease.get_by_text("Signed", exact=True)).to_be_visible()

    manager, steers = data_manager(patient.centre), coordinator(study, display_name="Coordinator C")
    as_person(page, sign_in, manager, patient)
    change_size(page, "7.5")
    expect(disease.get_by_text("Changed since it was signed")).to_be_visible()
    expect(disease.get_by_text("Source data verified")).to_have_count(0)

    as_person(page, sign_in, steers, patient)
    disease.get_by_role("button", name="Lock Disease 1").click()
    expect(disease.get_by_text("Locked", exact=True)).to_be_visible()

    as_person(page, sign_in, manager, patient)
    disease.get_by_role("link", name="Change Disease 1").click()
    expect(page.get_by_text("This form is locked")).to_be_visible()
    expect(page.get_by_text("Coordinator C")).to_be_visible()
    expect(page.get_by_label("Largest diameter (cm)")).to_be_disabled()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    is_accessible(page)

    as_person(page, sign_in, steers, patient)
    disease.get_by_role("link", name="Unlock Disease 1").click()
    is_accessible(page)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    page.get_by_label("Reason").fill("The report of pathology was corrected.")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("Disease 1 unlocked.")).to_be_visible()

    as_person(page, sign_in, manager, patient)
    change_size(page, "8")
    expect(page.get_by_text("Disease and stage saved.")).to_be_visible()
    expect(
        page.locator("#marks").get_by_text("The report of pathology was corrected.")
    ).to_be_visible()
