"""Every row of a case leads to its form, and every form back to its section."""

import pytest
from django.test import Client
from django.urls import reverse

from registry.case import load_case
from registry.entry.links import form_address, new_address, row_address
from registry.entry.pages import PAGES
from registry.models import Patient, TargetLesion
from registry.scope import system_scope
from registry.selectors.patient_sections import KINDS
from tests.factories import (
    DeathFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    TreatmentHistoryFactory,
    data_manager,
)
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    """A patient with at least one row in every table."""
    version = ProtocolVersionFactory.create()
    patient = full_case(version, rows=2)
    ParticipationFactory.create(study=version.study, centre=patient.centre)
    TreatmentHistoryFactory.create(patient=patient, had_surgery=True)
    ScreeningFactory.create(
        study=version.study, centre=patient.centre, patient=patient, outcome="enrolled"
    )
    DeathFactory.create(patient=patient)
    return patient


def test_every_row_of_a_case_is_on_the_form_that_its_address_names(client: Client, patient) -> None:
    client.force_login(data_manager(patient.centre))
    with system_scope():
        rows = [
            *load_case(patient).all_rows(),
            patient.identity,
            *patient.screenings.all(),
        ]
    pages: dict[str, str] = {}
    lost = []
    for row in rows:
        address, _, anchor = row_address(row, patient).partition("#")
        if address not in pages:
            response = client.get(address)
            assert response.status_code == 200, address
            pages[address] = response.content.decode()
        if f'id="{anchor}"' not in pages[address]:
            lost.append(row_address(row, patient))

    assert len(rows) > 30
    assert lost == []


def test_a_field_leads_to_its_input(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))
    with system_scope():
        phase = next(row for row in load_case(patient).all_rows() if row.entity() == "phase")

    address, _, anchor = row_address(phase, patient, "dose_gy").partition("#")

    assert anchor == f"id_phase-{phase.pk}-dose_gy"
    assert f'id="{anchor}"' in client.get(address).content.decode()


def test_withdrawal_is_a_form_of_its_own(patient: Patient) -> None:
    with system_scope():
        enrolment = patient.enrolments.select_related("study").get()

    assert "/enter/enrolment/jinling/" in row_address(enrolment, patient, "consent_on")
    assert "/enter/withdrawal/jinling/" in row_address(enrolment, patient, "withdrawal_reason")


def test_a_link_of_a_target_to_a_lesion_leads_to_the_course(patient: Patient) -> None:
    with system_scope():
        link = load_case(patient).of(TargetLesion)[0]

    assert f"/enter/course/{link.target.course.number}/" in row_address(link, patient)


def test_every_form_comes_back_to_a_section_of_the_page(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))
    html = client.get(reverse("registry:patient", args=[patient.pseudonym])).content.decode()

    assert {page.section for page in PAGES.values()} <= {kind.ident for kind in KINDS}
    for page in PAGES.values():
        assert f'<section class="section" id="{page.section}"' in html


def test_every_new_form_of_the_page_opens(client: Client, patient: Patient) -> None:
    client.force_login(data_manager(patient.centre))
    offered = [page for kind in KINDS for page, _words in kind.forms]

    assert set(offered) <= set(PAGES)
    for page in offered:
        assert client.get(new_address(page, patient)).status_code == 200, page


def test_a_form_that_there_is_not_has_no_address(patient: Patient) -> None:
    assert form_address("nonsense", "1", patient) == ""
    assert new_address("nonsense", patient) == ""
