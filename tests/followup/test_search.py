"""The search in the head of every page: what finds whom, and for whom it finds nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from followup.selectors.search import find_patients
from registry.models import Centre, Patient, Study
from registry.scope import scoped_to
from registry.services.patients import record_identity
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    IdentityFactory,
    PatientFactory,
    ProtocolVersionFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

URL = reverse("followup:search")
GRID = reverse("followup:grid")


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(code="A")


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(centre: Centre, study: Study) -> Patient:
    """Ms Müller-Lüdenscheid of Centre A, in the study."""
    patient = PatientFactory.create(centre=centre, pseudonym="SARC-17")
    EnrolmentFactory.create(patient=patient, protocol_version=study.protocol_version())
    record_identity(
        patient=patient,
        by=data_manager(centre),
        family_name="Müller-Lüdenscheid",
        record_number="MRN 0042",
    )
    return patient


def search(client: Client, text: str) -> str:
    """Where the search leads; "" where it found nobody."""
    response = client.post(URL, {"text": text})
    if response.status_code == 200:
        assert "Nobody was found" in response.content.decode()
        return ""
    assert response.status_code == 302
    location: str = response["Location"]
    return location


@pytest.mark.parametrize(
    "text",
    [
        "SARC-17",
        "sarc-17",
        "rc-1",
        "mrn0042",
        " MRN 0042 ",
        "Müller-Lüdenscheid",
        "mueller-luedenscheid".replace("ue", "u"),
        "MULLER LÜDENSCHEID",
        "Mu\u0308ller-Lu\u0308denscheid",
    ],
)
def test_one_hit_leads_straight_to_the_patient(client: Client, patient, centre, text) -> None:
    client.force_login(data_manager(centre))

    assert search(client, text) == reverse("registry:patient", args=["SARC-17"])


@pytest.mark.parametrize("text", ["mrn004", "Müller", "Lüdenscheid", "", "  ", "\0", "%", "_"])
def test_parts_of_names_and_numbers_find_nobody(client: Client, patient, centre, text) -> None:
    client.force_login(data_manager(centre))

    response = client.post(URL, {"text": text})

    assert response.status_code == 200
    assert "names are stored encrypted" in response.content.decode()


@pytest.mark.parametrize("text", ["MRN 0042", "Müller-Lüdenscheid"])
def test_outside_of_the_own_centre_numbers_and_names_find_nobody(patient, study, text) -> None:
    other = CentreFactory.create(code="B")
    strangers = [
        data_manager(other),
        coordinator(study),
        monitor(study),
        administrator(),
        UserFactory.create(),
    ]
    for user in strangers:
        with scoped_to(user):
            assert find_patients(text).is_empty
    with scoped_to(data_manager(patient.centre)):
        assert not find_patients(text).is_empty


def test_the_index_of_one_centre_opens_nothing_to_others(client: Client, patient, study) -> None:
    with scoped_to(data_manager(patient.centre)):
        IdentityFactory.create(
            patient=PatientFactory.create(centre=patient.centre, pseudonym="SARC-18"),
            family_name="Müller-Lüdenscheid",
        )
        indexes = find_patients("Müller-Lüdenscheid").found

    client.force_login(data_manager(patient.centre))
    own = client.get(GRID, {"found": indexes}).content.decode()
    client.force_login(coordinator(study))
    elsewhere = client.get(GRID, {"found": indexes}).content.decode()

    assert own.count('<th scope="row" class="id">') == 2
    assert elsewhere.count('<th scope="row" class="id">') == 0


def test_several_of_one_name_are_listed_without_the_name_in_the_address(client, patient, centre):
    IdentityFactory.create(
        patient=PatientFactory.create(centre=centre, pseudonym="SARC-18"),
        family_name="Müller-Lüdenscheid",
    )
    PatientFactory.create(centre=centre, pseudonym="SARC-19")
    client.force_login(data_manager(centre))

    address = search(client, "Müller-Lüdenscheid")
    page = client.get(address).content.decode()

    assert "ller" not in address
    assert "SARC-17" in page
    assert "SARC-18" in page
    assert "SARC-19" not in page


def test_part_of_several_pseudonyms_leads_to_the_grid(client: Client, patient, centre) -> None:
    PatientFactory.create(centre=centre, pseudonym="SARC-18")
    client.force_login(data_manager(centre))

    assert search(client, "sarc") == f"{GRID}?search=sarc"


def test_a_whole_pseudonym_outweighs_parts_of_others(client: Client, patient, centre) -> None:
    PatientFactory.create(centre=centre, pseudonym="SARC-171")
    client.force_login(data_manager(centre))

    assert search(client, "SARC-17") == reverse("registry:patient", args=["SARC-17"])


def test_what_was_searched_is_shown_as_text(client: Client, centre) -> None:
    client.force_login(data_manager(centre))

    page = client.post(URL, {"text": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_search_is_no_address(client: Client, centre) -> None:
    client.force_login(data_manager(centre))

    assert client.get(URL, {"text": "Müller"}).status_code == 405


def test_a_corrected_name_is_found_and_the_old_one_is_not(client, patient, centre) -> None:
    from registry.services import records

    identity = patient.identity
    records.change(
        identity, by=data_manager(centre), reason="Typing error", version=1, family_name="Hoppe"
    )
    client.force_login(data_manager(centre))

    assert search(client, "Hoppe") == reverse("registry:patient", args=["SARC-17"])
    assert search(client, "Müller-Lüdenscheid") == ""
