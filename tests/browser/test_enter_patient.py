"""A data manager takes a patient in, by keyboard only: from "New patient" to the lesions."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page, expect

from registry.models import (
    Baseline,
    Disease,
    Enrolment,
    Identity,
    Lesion,
    Patient,
    Screening,
    Surgery,
    SystemicTherapy,
    TreatmentHistory,
)
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.browser.conftest import SignIn, World
from tests.browser.test_accessible import violations
from tests.browser.test_walk import fits
from tests.browser.typist import Typist

pytestmark = pytest.mark.browser


def expect_page(page: Page, title: str) -> None:
    """The page of this title is shown, and nothing of it breaks a rule or lies beside it."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert fits(page)
    assert found_by_axe(page) == []


def is_fault(line: ConsoleMessage) -> bool:
    """An error of the page; figures that nobody waits for any more when leaving it are none."""
    return line.type == "error" and not line.text.startswith(
        ("htmx:sendAbort", "htmx:afterRequest")
    )


def found_by_axe(page: Page) -> list[str]:
    """What axe finds at the end of the page, where the buttons cover none of the fields."""
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    return violations(page)


def save_and_next(page: Page, typist: Typist, words: str) -> None:
    """Go on to the next form, which a button below the form names."""
    typist.to(words)
    with page.expect_navigation():
        typist.key("Enter")


def take_in(page: Page, typist: Typist) -> None:
    """Screening, patient, identity, consent and enrolment."""
    typist.type("Screened on", "2024-01-08")
    expect(page.get_by_text("JINLING-A-007")).to_be_visible()
    typist.choose("Sex", "Male")
    typist.type("Birth date", "30.4.1961")
    typist.type("Family name", "Canary-Family")
    typist.type("Record number", "CN 12")
    typist.type("Consent given on", "2024-01-09")
    typist.type("Consent version", "2.1")
    typist.type("Enrolled on", "20240110")
    save_and_next(page, typist, "Save and next: Baseline")


def enter_baseline(page: Page, typist: Typist) -> None:
    """Performance, setting, conditions; the computed index is taken over."""
    typist.type("Assessed on", "2024-01-10")
    typist.choose("ECOG performance status", "1: light work only")
    typist.choose("Disease setting", "Oligometastasis")
    typist.type("Concurrent lesions", "2")
    typist.tick("Chronic pulmonary disease")
    typist.tick("Diabetes without organ damage")
    # 62 years at the assessment: two points for age beside the two of the conditions.
    expect(page.get_by_text("Take over the age-adjusted index: 4")).to_be_visible()
    typist.to("Take over the index: 2")
    typist.key("Enter")
    expect(page.get_by_label("Charlson Comorbidity Index", exact=True)).to_be_focused()
    expect(page.get_by_label("Charlson Comorbidity Index", exact=True)).to_have_value("2")
    save_and_next(page, typist, "Save and next: Disease and stage")


def enter_disease(page: Page, typist: Typist) -> None:
    """Diagnosis, three scores and the stage, with grade and stage taken over."""
    typist.type("Diagnosed on", "2023-11")
    typist.type("Morphology", "8890/3")
    typist.type("Primary site", "thigh")
    typist.choose("Laterality", "Left")
    typist.type("Topography", "C49.2")
    for score in ("differentiation", "mitosis"):
        typist.to(f"FNCLCC {score} score")
        typist.type_here("2")
    typist.to("FNCLCC necrosis score")
    typist.type_here("0")
    typist.type("Largest diameter (cm)", "7")
    typist.choose("AJCC edition", "8th edition")
    typist.choose("N", "N0")
    typist.choose("M", "M0")
    typist.to("Take over G2")
    typist.key("Enter")
    expect(page.get_by_label("FNCLCC grade")).to_be_focused()
    typist.to("Take over T2")
    typist.key("Enter")
    expect(page.get_by_label("T", exact=True)).to_be_focused()
    typist.to("Take over stage IIIA")
    typist.key("Enter")
    expect(page.get_by_label("AJCC stage")).to_be_focused()
    save_and_next(page, typist, "Save and next: Surgery and other treatment")


def enter_treatment(page: Page, typist: Typist) -> None:
    """Operated, no systemic therapy, no radiotherapy before."""
    expect(page.get_by_label("Performed on")).to_be_hidden()
    typist.choose("Operated for the sarcoma", "Yes")
    typist.choose("Had systemic therapy", "No")
    typist.choose("Had radiotherapy before", "No")
    expect(page.get_by_label("Regimen")).to_be_hidden()
    typist.type("Performed on", "2023-12-04")
    typist.choose("Procedure", "Wide excision")
    typist.choose("Residual tumour", "R1 (microscopic)")
    save_and_next(page, typist, "Save and next: Lesions")


def enter_lesions(page: Page, typist: Typist) -> None:
    """Two lesions, the second one in a row that is added in place."""
    typist.type("Site", "lung")
    typist.choose("Laterality", "Right")
    typist.choose("Status", "Distant metastasis")
    typist.type("Longest diameter (cm)", "2.5")
    typist.type("Gross tumour volume (cm³)", "8")
    typist.to("Add a lesion")
    typist.key("Enter")
    second = page.get_by_role("group", name="Lesion 2")
    expect(second).to_be_visible()
    for _ in range(100):
        typist.key("Shift+Tab")
        if second.get_by_label("Site").evaluate("at => at === document.activeElement"):
            break
    typist.type_here("liver")
    typist.type("Gross tumour volume (cm³)", "4,5")
    expect(page.get_by_text("12.5 cm³")).to_be_visible()
    save_and_next(page, typist, "Save and next: Radiotherapy course")


def test_a_new_patient_up_to_the_lesions(page: Page, world: World, sign_in: SignIn):
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
    typist = Typist(page)

    sign_in(world.manager)
    typist.press("New patient")
    expect_page(page, "Screening and enrolment")
    take_in(page, typist)
    expect_page(page, "Baseline")
    enter_baseline(page, typist)
    expect_page(page, "Disease and stage")
    enter_disease(page, typist)
    expect_page(page, "Surgery and other treatment")
    enter_treatment(page, typist)
    expect_page(page, "Lesions")
    enter_lesions(page, typist)
    expect(page.get_by_role("heading", level=1)).to_have_text("Radiotherapy course")

    assert faults == []
    with system_scope():
        patient = Patient.objects.get(pseudonym="JINLING-A-007")
        assert (patient.sex, patient.birth_date) == ("male", PartialDate(1961, 4, 30))
        assert Screening.objects.get().patient == patient
        assert Identity.objects.get(patient=patient).family_name == "Canary-Family"
        enrolment = Enrolment.objects.get(patient=patient)
        assert (enrolment.study, enrolment.consent_version) == (world.study, "2.1")
        baseline = Baseline.objects.get(patient=patient)
        assert (baseline.ecog, baseline.cci, baseline.comorbidities) == (1, 2, "pulmonary;diabetes")
        disease = Disease.objects.get(patient=patient)
        assert (disease.grade, disease.t_category, disease.ajcc_stage) == ("2", "T2", "IIIA")
        assert TreatmentHistory.objects.get(patient=patient).had_surgery is True
        assert Surgery.objects.get(patient=patient).residual_tumour == "r1"
        assert not SystemicTherapy.objects.filter(patient=patient).exists()
        lesions = Lesion.objects.filter(patient=patient).order_by("number")
        assert [(row.number, row.site) for row in lesions] == [(1, "lung"), (2, "liver")]


def test_a_person_who_is_not_enrolled_needs_no_more_than_a_reason(
    page: Page, world: World, sign_in: SignIn
):
    typist = Typist(page)
    sign_in(world.manager)
    page.goto(reverse("registry:new_patient"))

    typist.choose("Outcome", "Not enrolled")
    expect(page.get_by_label("Family name", exact=True)).to_be_hidden()
    typist.choose("Reason not enrolled", "Declined")
    typist.save()

    expect_page(page, "Screenings")
    expect(page.get_by_role("cell", name="Not enrolled: Declined")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_form_fits_a_small_screen(page: Page, world: World, sign_in: SignIn, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(world.manager)
    name = world.patient.pseudonym

    for address in (
        reverse("registry:new_patient"),
        reverse("registry:screenings"),
        *(
            reverse("registry:enter", args=[form, key, name])
            for form, key in (
                ("patient", "1"),
                ("identity", "1"),
                ("enrolment", world.study.key),
                ("baseline", "1"),
                ("disease", "1"),
                ("treatment", "all"),
                ("lesions", "all"),
            )
        ),
    ):
        page.goto(address)
        assert fits(page), address
        assert found_by_axe(page) == []
