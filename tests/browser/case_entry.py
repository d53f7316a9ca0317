"""Steps of entering a case, as a person at the keyboard takes them."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import expect

from registry.models import Patient
from registry.scope import system_scope
from tests.browser.typist import Typist
from tests.factories.people import PASSWORD


@dataclass(frozen=True)
class Phase:
    """What is typed for a phase."""

    dose: str
    fractions: str
    per_week: str = "5"


@dataclass(frozen=True)
class Case:
    """What differs between the protocols; first fraction on 15 January 2024 in all of them."""

    key: str
    setting: str
    morphology: str
    site: str
    lesion: str
    intent: str
    technique: str
    radiation: str
    last_fraction: str
    phases: tuple[Phase, ...]
    surgery_on: str = ""
    rbe_model: str = ""
    dose: str = ""
    months: str = "24.0"  # 15 January 2024 to 13 January 2026: 729 days of 30.4375 to the month


CASES = (
    Case(
        key="jinling",
        setting="Oligometastasis",
        morphology="8890/3",
        site="lung",
        lesion="Distant metastasis",
        intent="Definitive",
        technique="SBRT (robotic)",
        radiation="Photons",
        last_fraction="2024-01-19",
        phases=(Phase("45", "5"),),
        dose="85.5 Gy",  # 45 (1 + 9 / 10)
    ),
    Case(
        key="cnao",
        setting="Primary (de novo)",
        morphology="9370/3",
        site="sacrum",
        lesion="Unresectable primary",
        intent="Definitive",
        technique="Carbon-ion beam",
        radiation="Carbon ions",
        rbe_model="LEM I",
        last_fraction="2024-02-08",
        phases=(Phase("70.4", "16", "4"),),
        dose="101.4 Gy(RBE)",  # 70.4 (1 + 4.4 / 10) = 101.376
    ),
    Case(
        key="cams",
        setting="Primary (de novo)",
        morphology="8850/3",
        site="thigh",
        lesion="Post-operative bed",
        intent="Post-operative",
        technique="IMRT",
        radiation="Photons",
        surgery_on="2023-12-11",
        last_fraction="2024-02-23",
        phases=(Phase("50", "25"), Phase("10", "5")),
        dose="72 Gy",  # 50 (1 + 2 / 10) + 10 (1 + 2 / 10)
        months="25.1",  # from surgery: 764 days
    ),
    Case(
        key="miyakojima",
        setting="Metastatic",
        morphology="8830/3",
        site="lung",
        lesion="Distant metastasis",
        intent="Definitive",
        technique="IMRT",
        radiation="Photons",
        last_fraction="2024-01-26",
        phases=(Phase("52", "10"),),
        dose="79.0 Gy",  # 52 (1 + 5.2 / 10) = 79.04
    ),
    Case(
        key="preop",
        setting="Primary (de novo)",
        morphology="8850/3",
        site="thigh",
        lesion="Resectable primary",
        intent="Pre-operative",
        technique="IMRT",
        radiation="Photons",
        last_fraction="2024-02-16",
        surgery_on="2024-03-20",
        phases=(Phase("50", "25"),),
        dose="60 Gy",  # 50 (1 + 2 / 10)
    ),
)


def sign_in(hands: Typist, username: str) -> None:
    hands.page.goto("/")
    hands.type("Username", username)
    hands.type("Password", PASSWORD)
    with hands.page.expect_navigation():
        hands.key("Enter")


def screen_and_enrol(hands: Typist) -> None:
    hands.press("New patient")
    hands.type("Screened on", "2023-12-20")
    hands.choose("Sex", "Female")
    hands.type("Birth date", "1961-05-17")
    hands.type("Family name", "Synthetic")
    hands.type("Record number", "R-4711")
    hands.type("Consent given on", "2023-12-20")
    hands.type("Consent version", "3")
    hands.type("Enrolled on", "2023-12-20")
    go_on(hands, "Save and next: Baseline")


def go_on(hands: Typist, button: str) -> None:
    """Press a button that saves, and make sure that nothing was refused."""
    hands.press(button)
    expect_saved(hands)


def expect_saved(hands: Typist) -> None:
    problems = hands.page.locator("#problems, .notice-warning")
    refused = problems.first.inner_text() if problems.count() else ""
    assert not refused, refused
    expect(hands.page.locator(".notice-success")).to_contain_text("saved")


def save(hands: Typist) -> None:
    hands.save()
    expect_saved(hands)


def enter_baseline(hands: Typist, case: Case) -> None:
    hands.type("Assessed on", "2024-01-10")
    hands.choose("ECOG performance status", "1: light work only")
    hands.choose("Karnofsky performance status", "90: minor symptoms")
    hands.choose("Disease setting", case.setting)
    hands.type("Concurrent lesions", "1")
    hands.choose("Viable sites", "Single")
    hands.tick("Diabetes without organ damage")
    # Diabetes 1 point; 62 years 2 points.
    expect(hands.page.locator("#live")).to_contain_text("3")
    go_on(hands, "Save and next: Disease and stage")


def enter_disease(hands: Typist, case: Case) -> None:
    hands.type("Diagnosed on", "2023-11")
    hands.type("Morphology", case.morphology)
    hands.type("Primary site", case.site)
    hands.key("Tab")
    if hands.focused() == "Laterality":
        hands.choose_here("Left")
    hands.choose("FNCLCC grade", "G2")
    hands.type("Largest diameter (cm)", "7.5")
    hands.choose("Depth", "Deep to the fascia")
    hands.choose("Metastatic at diagnosis", "No")
    go_on(hands, "Save and next: Surgery and other treatment")


def enter_treatment(hands: Typist, case: Case) -> None:
    hands.choose("Operated for the sarcoma", "Yes" if case.surgery_on else "No")
    hands.choose("Had systemic therapy", "No")
    hands.choose("Had radiotherapy before", "No")
    if case.surgery_on:
        hands.type("Performed on", case.surgery_on)
        hands.choose("Procedure", "Wide excision")
        hands.choose("Residual tumour", "R0 (none)")
    go_on(hands, "Save and next: Lesions")


def enter_lesion(hands: Typist, case: Case) -> None:
    hands.type("Site", case.site)
    hands.key("Tab")
    if hands.focused() == "Laterality":
        hands.choose_here("Left")
        hands.key("Tab")
    hands.choose_here(case.lesion)
    hands.key("Tab")
    if hands.focused() == "Longest diameter (cm)":
        hands.type_here("3.2")
    hands.type("Found on", "2023-11-20")
    go_on(hands, "Save and next: Radiotherapy course")


def enter_course(hands: Typist, case: Case) -> None:
    hands.choose("Intent", case.intent)
    hands.choose("Technique", case.technique)
    hands.choose("Radiation", case.radiation)
    if case.rbe_model:
        hands.choose("RBE model", case.rbe_model)
    hands.type("First fraction on", "2024-01-15")
    hands.type("Last fraction on", case.last_fraction)
    hands.choose("Completed as prescribed", "Yes")
    for number, phase in enumerate(case.phases):
        if number:
            hands.press_in_place("Add a phase", "phase-n2-kind")
            hands.choose_here("Boost")
        hands.type("Dose (Gy or Gy(RBE))", phase.dose)
        hands.type("Fractions", phase.fractions)
        hands.type("Fractions per week", phase.per_week)
    hands.tick("Lesion 1 – …")
    hands.type("PTV (cm³)", "31.5")
    expect(hands.page.locator("#live")).to_contain_text(case.dose)
    save(hands)


def only_patient() -> Patient:
    with system_scope():
        patient: Patient = Patient.objects.get()
    return patient


def enter_visits(hands: Typist, pseudonym: str) -> None:
    enter_visit(hands, pseudonym, "2024-07-16", "2.4", "Stable disease")
    enter_visit(hands, pseudonym, "2025-01-14", "2.0", "Partial response")
    enter_visit(hands, pseudonym, "2026-01-13", "2.8", "Progressive disease")


def enter_visit(hands: Typist, pseudonym: str, day: str, size: str, response: str) -> None:
    """A clinic visit with imaging of the treated site and of the chest."""
    hands.page.goto(f"/enter/assessment/new/{pseudonym}/")
    hands.type("Assessed on", day)
    hands.choose("Kind", "Clinic visit")
    hands.choose("Toxicity assessed", "Yes")
    hands.choose("Disease status", "Alive with disease")
    hands.choose("Region", "Treated site")
    hands.choose("Modality", "MRI")
    hands.press_in_place("Add imaging", "imaging-n2-region")
    hands.choose_here("Chest")
    hands.choose("Modality", "CT")
    hands.type("Longest diameter (cm)", size)
    hands.choose("Response", response)
    save(hands)


def enter_progression(hands: Typist, pseudonym: str) -> None:
    hands.page.goto(f"/enter/progression/new/{pseudonym}/")
    hands.type("Found on", "2026-01-13")
    hands.choose("Kind", "Local")
    hands.choose("Basis", "Imaging")
    hands.choose("Relation to the field", "In field")
    save(hands)


def enter_toxicity(
    hands: Typist, pseudonym: str, *, onset: str = "2025-03", told: str = "Late"
) -> None:
    """A fibrosis of grade 3; the form tells whether it is acute or late."""
    hands.page.goto(f"/enter/toxicity/new/{pseudonym}/")
    hands.to("Term (CTCAE …")
    hands.type_here("fibrosis")
    expect(hands.page.locator("#event-term-count")).to_contain_text("term")
    hands.key("ArrowDown")
    grades = hands.page.locator("#id_event-grade")
    expect(grades).to_contain_text("Grade 3")
    hands.key("Tab")
    hands.key("Space")
    while not hands.focused().startswith("Grade 3"):
        hands.key("ArrowDown")
    hands.effort.inputs += 1
    hands.type("Onset", onset)
    expect(hands.page.locator("#live")).to_contain_text(told)
    save(hands)
