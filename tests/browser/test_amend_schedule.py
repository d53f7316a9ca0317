"""A coordinator changes a study's schedule, sees what changes for whom, and saves it."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from followup.services import recompute_all
from tests.browser.conftest import SignIn
from tests.browser.test_accessible import violations
from tests.factories import CentreFactory, ParticipationFactory, coordinator
from tests.followup.factories import followed

pytestmark = pytest.mark.browser


def test_a_coordinator_amends_the_schedule_and_the_patient_has_the_new_visit(
    page: Page, transactional_db: None, sign_in: SignIn
) -> None:
    today = timezone.localdate()
    ended = today.replace(day=1) - dt.timedelta(days=14)
    centre = CentreFactory.create(code="A", name="Centre A")
    patient = followed(centre=centre, ended_on=ended.isoformat())
    study = patient.study
    ParticipationFactory.create(study=study, centre=centre)
    recompute_all(today=today)
    sign_in(coordinator(study, display_name="The coordinator"))

    page.goto(reverse("analytics:study", args=[study.key]))
    page.get_by_role("link", name="Versions and changes").click()
    page.get_by_role("link", name="Change the schedule").click()
    example = page.get_by_role("complementary", name="An example patient")
    expect(example).to_contain_text("11 visits in 5 years")
    expect(example).not_to_contain_text("Month 9")
    assert violations(page) == []

    # Month 9 is typed between 6 and 12: by keyboard, and the example follows.
    page.get_by_label("Months or days").first.focus()
    page.keyboard.press("End")
    page.keyboard.type(", 9")
    expect(example).to_contain_text("12 visits in 5 years")
    expect(example).to_contain_text("Month 9")

    page.get_by_role("button", name="Add a row").click()
    page.get_by_role("button", name="Remove row 3").click()
    page.get_by_label("Reason").fill("Amendment 1: a visit at month 9")
    page.get_by_label("Reason").press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What changes")
    row = page.locator("#patients").get_by_role("row").filter(has_text=patient.patient.pseudonym)
    expect(row).to_contain_text("Month 9: added")
    assert violations(page) == []

    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_role("main")).to_contain_text("Saved as version 2.")
    expect(page.locator("#versions")).to_contain_text("Amendment 1: a visit at month 9")
    page.goto(reverse("registry:patient", args=[patient.patient.pseudonym]))
    expect(page.locator("#visits").get_by_role("rowheader", name="Month 9")).to_be_visible()
