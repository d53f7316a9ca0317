"""The workbench as an analyst uses it: groups, a condition, a reading between the ticks."""

import datetime as dt

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from registry.models import Patient, Study
from registry.scope import system_scope
from tests.browser.conftest import SignIn
from tests.browser.test_accessible import violations
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    DiseaseFactory,
    EnrolmentFactory,
    ParticipationFactory,
    PatientFactory,
    ProgressionFactory,
    ProtocolVersionFactory,
    coordinator,
)

pytestmark = pytest.mark.browser

START = dt.date(2020, 1, 1)


@pytest.fixture
def study(transactional_db: None) -> Study:
    """Five patients of grade 1 seen for 600 days; five of grade 3, dead after 300, 310, … days."""
    version = ProtocolVersionFactory.create(study__key="jinling")
    centre = CentreFactory.create(code="A", name="Centre A")
    ParticipationFactory.create(study=version.study, centre=centre)
    for n in range(10):
        patient = PatientFactory.create(centre=centre)
        EnrolmentFactory.create(patient=patient, protocol_version=version, enrolled_on="2019-12-20")
        CourseFactory.create(patient=patient, number=1, started_on=str(START), ended_on=str(START))
        grade = "3" if n < 5 else "1"
        DiseaseFactory.create(
            patient=patient, number=1, diagnosed_on="2019-11-01", grade=grade, size_cm=n + 1
        )
        if n < 5:
            died_on = START + dt.timedelta(days=300 + 10 * n)
            DeathFactory.create(patient=patient, died_on=str(died_on))
        else:
            seen_on = START + dt.timedelta(days=600)
            AssessmentFactory.create(patient=patient, number=1, assessed_on=str(seen_on))
    return version.study


def test_groups_a_condition_and_a_reading(page: Page, study: Study, sign_in: SignIn) -> None:
    sign_in(coordinator(study))
    page.goto(reverse("analytics:workbench", args=[study.key]))
    page.get_by_label("Endpoint").select_option("OS")
    page.get_by_label("Group by").select_option("grade")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", level=2).first).to_contain_text("Overall survival by")
    reading = page.get_by_role("status")
    # Nobody has died by day 0; by the end of the axis all of grade 3 have.
    expect(reading).to_contain_text("G3: 100.0 %")
    page.get_by_label("Read the curve at").press("End")
    expect(reading).to_contain_text("G3: 0.0 %")
    expect(reading).to_contain_text("G1: 100.0 %")
    box = page.locator("svg.figure").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + 150)
    expect(reading).to_contain_text("G3: 100.0 %")

    page.get_by_label("Condition on").select_option("size_cm")
    page.get_by_role("button", name="Show").click()
    page.locator("#id-is").select_option("le")
    page.get_by_label("Value").fill("8")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main")).to_contain_text("8 patients of 10")
    assert "where=size_cm%3Ale%3A8" in page.url
    # Of grade 1 three are left: too few to be shown unless asked for.
    expect(page.locator("main")).not_to_contain_text("G1: n =")

    page.get_by_role("link", name="Remove Size").click()
    expect(page.locator("main")).to_contain_text("10 patients of 10")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []


def test_a_landmark_and_a_state_in_time(page: Page, study: Study, sign_in: SignIn) -> None:
    with system_scope():
        for patient in Patient.objects.order_by("pk")[5:]:
            found = str(START + dt.timedelta(days=100))
            ProgressionFactory.create(patient=patient, occurred_on=found, kind="distant")
    sign_in(coordinator(study))
    page.goto(reverse("analytics:workbench", args=[study.key]))
    page.get_by_label("Endpoint").select_option("OS")
    page.get_by_label("Landmark").fill("6")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("main")).to_contain_text("10 patients of 10, landmark at 6 months")
    page.get_by_label("Group by").select_option("Distant progression up to month 6")
    page.get_by_text("Time-dependent (Cox model)").first.click()
    page.get_by_role("checkbox", name="Any progression").check()
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_role("heading", level=2).first).to_contain_text(
        "Overall survival by Distant progression up to month 6"
    )
    expect(page.locator("svg.figure").first).to_contain_text("Months from the landmark at 6 months")
    expect(page.get_by_role("checkbox", name="Any progression")).to_be_checked()
    expect(page.locator("main")).to_contain_text("Any progression (time-dependent)")
    assert "group=distant_progression&landmark=6&later=any_progression" in page.url
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert violations(page) == []
