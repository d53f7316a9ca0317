"""A follow-up visit without event, from the worklist to the saved visit, by keyboard only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from followup.models import ExpectedVisit
from followup.services import recompute
from registry.models import Assessment, ImagingStudy, LesionAssessment, Patient
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.browser.conftest import SignIn
from tests.browser.looks import every_look
from tests.browser.test_accessible import RULES
from tests.browser.typist import Typist
from tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LesionFactory,
    ParticipationFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
    data_manager,
)

pytestmark = pytest.mark.browser

TODAY = dt.datetime(2024, 5, 10, 8, tzinfo=dt.UTC)
"""Month 3 after 31 January 2024 is due from 16 April to 14 May."""

MOST_INPUTS = 19


@pytest.fixture
def patient(transactional_db: None) -> Iterator[Patient]:
    """A patient irradiated in January, lesion 1 of 4 cm; the visit of month 3 is due."""
    version = ProtocolVersionFactory.create()
    patient = PatientFactory.create(pseudonym="JINLING-A-001")
    ParticipationFactory.create(study=version.study, centre=patient.centre)
    EnrolmentFactory.create(patient=patient, protocol_version=version)
    LesionFactory.create(patient=patient, number=1, site="thigh", laterality="left")
    PhaseFactory.create(course=CourseFactory.create(patient=patient, number=1))
    with time_machine.travel(TODAY):
        recompute([patient.pk], today=TODAY.date())
        yield patient


@pytest.fixture
def form(page: Page, patient: Patient, sign_in: SignIn) -> tuple[Page, Typist]:
    """The form of the visit, reached from the worklist by keyboard."""
    sign_in(data_manager(patient.centre))
    typist = Typist(page)
    typist.press("Month 3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Visit")
    return page, typist


def test_a_visit_without_event_takes_one_page_and_few_inputs(form, patient: Patient) -> None:
    page, typist = form
    expect(
        page.get_by_text("Month 3: 30 Apr 2024, window 16 Apr 2024 – 14 May 2024")
    ).to_be_visible()
    offered = page.locator(
        "#entry .part input:visible, #entry .part select:visible, #entry .part textarea:visible"
    )
    assert offered.count() <= MOST_INPUTS
    typist.reset()

    typist.type("Assessed on", "2024-05-02")
    typist.choose("Toxicity assessed", "Yes")
    typist.choose("Disease status", "No evidence of disease")
    typist.type("Performed on", "2024-04-29")
    typist.type("Performed on", "2024-05-02")
    typist.type("Longest diameter (cm)", "2.8")
    typist.choose("Response", "Partial response")
    live = page.locator("#live")
    expect(live).to_contain_text("Within the window")
    expect(live).to_contain_text("108 days (3.5 months)")
    expect(live).to_contain_text("Lesion 1: Partial response")
    typist.save()

    assert typist.effort.inputs == 7
    assert typist.effort.loads == 1
    page.wait_for_url("**/patients/JINLING-A-001/**")
    with system_scope():
        visit = Assessment.objects.get(patient=patient)
        studies = ImagingStudy.objects.filter(assessment=visit).order_by("number")
        assert visit.assessed_on == PartialDate(2024, 5, 2)
        assert [(one.modality, one.region) for one in studies] == [
            ("mr", "treated_site"),
            ("ct", "chest"),
        ]
        assert LesionAssessment.objects.get(assessment=visit).response == "pr"
        assert ExpectedVisit.objects.get(key="last_rt_day-m03").state == "done"
    page.goto("/")
    expect(page.get_by_role("link", name="Month 3")).to_have_count(0)


def test_progressive_disease_leads_on_to_the_progression(form) -> None:
    page, typist = form
    typist.type("Assessed on", "2024-05-02")
    typist.type("Longest diameter (cm)", "6")
    typist.choose("Response", "Progressive disease")
    expect(page.locator("#live")).to_contain_text("Enter the progression as well")

    typist.press("Save and add: Progression")

    page.wait_for_url("**/enter/progression/new/**")
    expect(page.get_by_label("Found on")).to_have_value("2024-05-02")
    expect(page.get_by_label("Kind")).to_have_value("local")


@every_look
def test_axe_finds_nothing_while_a_visit_is_typed(form, scheme, width) -> None:
    page, typist = form
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    typist.type("Assessed on", "2024-05-02")
    typist.type("Longest diameter (cm)", "6")
    typist.choose("Response", "Stable disease")
    expect(page.locator("#live")).to_contain_text("from the response entered")

    wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not wide
    found = Axe().run(page, options=RULES).response["violations"]
    assert [f"{rule['id']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]] == []
