"""The list of patients: who sees whom, filters, search, order, pages, queries."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Centre, Study
from tests.factories import (
    CentreFactory,
    DeathFactory,
    DiseaseFactory,
    EnrolmentFactory,
    IdentityFactory,
    LossToFollowUpFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

URL = reverse("registry:patients")


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(code="A")


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


def shown(client: Client, **query: str) -> list[str]:
    """Pseudonyms of the list, in order."""
    response = client.get(URL, query)
    assert response.status_code == 200
    return re.findall(r'<th scope="row" class="id"><a href="[^"]+">([^<]+)</a>', body(response))


def body(response) -> str:
    return response.content.decode()


def test_a_data_manager_sees_the_patients_of_the_own_centre(client: Client, centre) -> None:
    PatientFactory.create(centre=centre, pseudonym="A-1")
    PatientFactory.create(pseudonym="B-1")
    client.force_login(data_manager(centre))

    assert shown(client) == ["A-1"]
    assert "1 patient" in body(client.get(URL))


def test_a_coordinator_sees_the_patients_of_the_study_in_every_centre(client: Client, study):
    version = study.protocol_version()
    for pseudonym in ("A-1", "B-1"):
        EnrolmentFactory.create(patient__pseudonym=pseudonym, protocol_version=version)
    PatientFactory.create(pseudonym="C-1")
    client.force_login(coordinator(study))

    assert shown(client) == ["A-1", "B-1"]


def test_an_administrator_sees_no_patient(client: Client) -> None:
    PatientFactory.create()
    client.force_login(administrator())

    assert shown(client) == []
    assert "No patient fits these filters." in body(client.get(URL))


def test_the_age_is_shown_in_the_own_centre_and_the_year_of_birth_elsewhere(client: Client, study):
    patient = PatientFactory.create(birth_date="1960-05-17")
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    DeathFactory.create(patient=patient, died_on="2024-05-16")

    client.force_login(data_manager(patient.centre))
    own = body(client.get(URL))
    client.force_login(coordinator(study))
    elsewhere = body(client.get(URL))

    # The day before the 64th birthday.
    assert re.search(r'data-label="Age">63<', own)
    assert "born 1960" in elsewhere
    assert not re.search(r'data-label="Age">63<', elsewhere)


def test_an_age_is_not_made_of_dates_that_are_relative(client: Client) -> None:
    version = ProtocolVersionFactory.create(study__dates_are_relative=True)
    patient = PatientFactory.create(birth_date="1960-05-17")
    EnrolmentFactory.create(patient=patient, protocol_version=version)

    for user in (data_manager(patient.centre), coordinator(version.study)):
        client.force_login(user)
        assert re.search(r'data-label="Age">–<', body(client.get(URL)))


def test_the_list_names_the_disease_and_its_site(client: Client, centre) -> None:
    patient = PatientFactory.create(centre=centre)
    DiseaseFactory.create(patient=patient, number=1, morphology="8890/3", site="thigh")
    client.force_login(data_manager(centre))

    assert "Leiomyosarcoma, NOS – Thigh" in body(client.get(URL))


def test_filters_cut_the_list_to_study_centre_and_state(client: Client, study) -> None:
    version = study.protocol_version()
    a, b = CentreFactory.create(code="A"), CentreFactory.create(code="B")
    for centre in (a, b):
        ParticipationFactory.create(study=study, centre=centre)
    alive, dead, lost = (PatientFactory.create(centre=a, pseudonym=f"A-{n}") for n in (1, 2, 3))
    elsewhere = PatientFactory.create(centre=b, pseudonym="B-1")
    for patient in (alive, dead, lost, elsewhere):
        EnrolmentFactory.create(patient=patient, protocol_version=version)
    LossToFollowUpFactory.create(patient=dead, number=1)
    DeathFactory.create(patient=dead)
    LossToFollowUpFactory.create(patient=lost, number=1)
    client.force_login(coordinator(study))

    assert shown(client, study=study.key) == ["A-1", "A-2", "A-3", "B-1"]
    assert shown(client, centre="B") == ["B-1"]
    assert shown(client, state="alive") == ["A-1", "B-1"]
    assert shown(client, state="dead") == ["A-2"]
    assert shown(client, state="lost", centre="A") == ["A-3"]


def test_a_patient_who_withdrew_or_was_found_again_is_told_apart(client: Client, centre) -> None:
    gone = PatientFactory.create(centre=centre, pseudonym="A-1")
    EnrolmentFactory.create(patient=gone, withdrawn_on="2024-06-01", withdrawal_scope="all")
    found = PatientFactory.create(centre=centre, pseudonym="A-2")
    LossToFollowUpFactory.create(
        patient=found, number=1, declared_on="2024-01-01", found_again_on="2024-06-01"
    )
    client.force_login(data_manager(centre))

    assert shown(client, state="withdrawn") == ["A-1"]
    assert shown(client, state="alive") == ["A-2"]


def test_an_unknown_filter_value_is_named_and_ignored(client: Client, centre) -> None:
    PatientFactory.create(centre=centre, pseudonym="A-1")
    client.force_login(data_manager(centre))

    page = body(client.get(URL, {"state": "nonsense"}))

    assert "nonsense is not one of the available choices" in page
    assert "A-1" in page


def test_search_finds_part_of_a_pseudonym(client: Client, centre) -> None:
    for pseudonym in ("SARC-17", "SARC-27", "OTHER-1"):
        PatientFactory.create(centre=centre, pseudonym=pseudonym)
    client.force_login(data_manager(centre))

    assert shown(client, search=" sarc-2 ") == ["SARC-27"]


def test_search_finds_a_record_number_in_the_own_centre_only(client: Client, study, centre):
    patient = PatientFactory.create(centre=centre, pseudonym="A-1")
    IdentityFactory.create(patient=patient, record_number="MRN 0042")
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())

    client.force_login(data_manager(centre))
    assert shown(client, search="mrn0042") == ["A-1"]
    assert shown(client, search="mrn004") == []

    client.force_login(coordinator(study))
    assert shown(client, search="mrn0042") == []
    client.force_login(data_manager(CentreFactory.create(code="B")))
    assert shown(client, search="mrn0042") == []


def test_the_order_is_taken_from_a_list_of_allowed_ones(client: Client, centre) -> None:
    for pseudonym, birth in (("A-1", "1980"), ("A-2", "1950-01-02"), ("A-3", "1965-03")):
        PatientFactory.create(centre=centre, pseudonym=pseudonym, birth_date=birth)
    client.force_login(data_manager(centre))

    assert shown(client, sort="-pseudonym") == ["A-3", "A-2", "A-1"]
    assert shown(client, sort="birth") == ["A-2", "A-3", "A-1"]
    for hostile in ("identity__family_name", "-centre__code; DROP TABLE", "--pseudonym", ""):
        assert shown(client, sort=hostile) == ["A-1", "A-2", "A-3"]


def test_the_list_is_paged_and_keeps_its_filters(client: Client, centre) -> None:
    for number in range(51):
        PatientFactory.create(centre=centre, pseudonym=f"A-{number:02d}")
    client.force_login(data_manager(centre))

    assert len(shown(client)) == 50
    assert shown(client, page="2") == ["A-50"]
    assert shown(client, page="999") == ["A-50"]
    assert "51–51 of 51" in body(client.get(URL, {"page": "2"}))
    assert "?search=A-&amp;page=2" in body(client.get(URL, {"search": "A-"}))


def test_the_number_of_queries_does_not_grow_with_the_patients(
    client: Client, centre, study, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    version = study.protocol_version()
    client.force_login(data_manager(centre))
    for _ in range(3):
        full_case(version, centre=centre)
    with django_assert_max_num_queries(20) as three:
        assert len(shown(client)) == 3

    for _ in range(27):
        full_case(version, centre=centre)
    with django_assert_num_queries(len(three)):
        assert len(shown(client)) == 30
