"""What holds for every table alike: reading, changing, taking back, and who may not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.api.entities import BY_NAME, ENTITIES
from registry.exchange.entities import entities as native_tables
from registry.models import CLINICAL_MODELS, AuditEvent, Patient, ProtocolVersion
from tests.factories import (
    CentreFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.registry.api.client import Api
from tests.registry.api.one_of_each import ALL, CHANGES, everything, row_of
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

WHY = {"reason_for_change": "Typing error"}


@pytest.fixture
def version() -> ProtocolVersion:
    return ProtocolVersionFactory.create()


@pytest.fixture
def patient(version: ProtocolVersion) -> Patient:
    return everything(version, pseudonym="P-1", birth_date="1960-05-17")


@pytest.fixture
def api(patient: Patient) -> Api:
    return Api(data_manager(patient.centre))


def test_every_clinical_table_is_offered_under_its_native_name() -> None:
    assert [entity.model for entity in ENTITIES] == list(CLINICAL_MODELS)
    assert {entity.name: entity.model for entity in ENTITIES} == {
        name: table.model for name, table in native_tables().items()
    }


@pytest.mark.parametrize("name", ALL)
def test_a_row_is_listed_read_and_changed(api: Api, patient: Patient, name: str) -> None:
    entity, row = BY_NAME[name], row_of(BY_NAME[name], patient)
    address = f"{entity.address}/{row.pk}/"

    (listed,) = api.get(f"{entity.address}/").json()["results"]
    read = api.get(address)
    assert read.json() == listed
    assert {"id", "version", "missing", "voided_at", *CHANGES[name]} <= set(listed)
    assert not {"record_number_index", "family_name_index"} & set(listed)

    changed = api.patch(address, CHANGES[name] | WHY, If_Match=read.headers["ETag"])
    assert changed.status_code == 200, changed.content
    assert {key: changed.json()[key] for key in CHANGES[name]} == CHANGES[name]
    if name != "target_lesions":  # its change changes nothing, and nothing is written
        assert changed.headers["ETag"] == '"2"'
        event = AuditEvent.objects.filter(table=row._meta.db_table, row_id=row.pk).latest("id")
        assert (event.reason, event.origin) == ("Typing error", f"PATCH /api/v1/{address}")


@pytest.mark.parametrize("name", ALL)
def test_at_another_centre_there_is_nothing(patient: Patient, name: str) -> None:
    entity, row = BY_NAME[name], row_of(BY_NAME[name], patient)
    stranger = Api(data_manager(CentreFactory.create(code="other")))
    address = f"{entity.address}/{row.pk}/"
    nothing = stranger.get(f"{entity.address}/999999/").json()

    answers = [
        stranger.get(address),
        stranger.get(f"{address}?voided=true"),
        stranger.patch(address, CHANGES[name] | WHY, If_Match='"1"'),
        stranger.post(f"{address}void/", WHY, If_Match='"1"'),
        stranger.get(f"{address}history/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    for answer in answers:
        # Word for word what is told of a row that there is not.
        assert answer.json()["detail"] == nothing["detail"]
    assert stranger.get(f"{entity.address}/").json() == {"next": None, "results": []}


@pytest.mark.parametrize("name", ALL)
def test_a_coordinator_reads_and_writes_nothing(
    version: ProtocolVersion, patient: Patient, name: str
) -> None:
    entity, row = BY_NAME[name], row_of(BY_NAME[name], patient)
    api = Api(coordinator(version.study))
    address = f"{entity.address}/{row.pk}/"
    may_read = name != "identities"

    assert api.get(address).status_code == (200 if may_read else 404)
    changing = api.patch(address, CHANGES[name] | WHY, If_Match='"1"')
    voiding = api.post(f"{address}void/", WHY, If_Match='"1"')

    assert changing.status_code == voiding.status_code == (403 if may_read else 404)
    history = api.get(f"{address}history/").content.decode()
    assert "1960-05" not in history
    assert "Canary" not in history


def test_an_administrator_reads_no_row_by_that_role(patient: Patient) -> None:
    api = Api(administrator())
    for entity in ENTITIES:
        assert api.get(f"{entity.address}/").json()["results"] == [], entity.name


def test_a_coordinator_reads_years_of_birth(version: ProtocolVersion, patient: Patient) -> None:
    api = Api(coordinator(version.study))
    assert api.get("patients/").json()["results"][0]["birth_date"] == "1960"
    assert api.get(f"patients/{patient.pk}/").json()["birth_date"] == "1960"


@pytest.mark.parametrize("name", ALL)
def test_a_row_is_taken_back_when_nothing_rests_on_it(
    api: Api, patient: Patient, name: str
) -> None:
    entity, row = BY_NAME[name], row_of(BY_NAME[name], patient)
    address = f"{entity.address}/{row.pk}/"
    resting = {"patients", "lesions", "courses"}

    gone = api.post(f"{address}void/", {"reason_for_change": "Another person"}, If_Match='"1"')

    if name in resting:
        assert gone.status_code == 422
        assert [one["check"] for one in gone.json()["errors"]] == ["rests-on"]
    else:
        assert gone.status_code == 200, gone.content
        assert gone.json()["void_reason"] == "Another person"
        assert api.get(address).status_code == 404
        assert len(api.get(f"{entity.address}/?voided=true").json()["results"]) == 1


@pytest.mark.parametrize("name", [name for name in ALL if name != "target_lesions"])
def test_a_change_needs_a_version_and_a_reason(api: Api, patient: Patient, name: str) -> None:
    entity, row = BY_NAME[name], row_of(BY_NAME[name], patient)
    address = f"{entity.address}/{row.pk}/"

    assert api.patch(address, CHANGES[name] | WHY).status_code == 428
    assert api.patch(address, CHANGES[name] | WHY, If_Match="*").status_code == 428
    assert api.patch(address, CHANGES[name] | WHY, If_Match='"7"').status_code == 412
    assert api.post(f"{address}void/", WHY).status_code == 428
    refused = api.patch(address, CHANGES[name], If_Match='"1"')
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/reason_for_change"
    assert row_of(entity, patient).version == 1


@pytest.mark.parametrize("name", ALL)
def test_what_is_unknown_or_not_written_is_refused_by_name(
    api: Api, patient: Patient, name: str
) -> None:
    entity, row = BY_NAME[name], row_of(BY_NAME[name], patient)
    body = {
        "id": 1,
        "version": 9,
        "voided_at": "2024-01-01",
        "void_reason": "x",
        "record_number_index": "x",
        "owner_id": 1,
        **WHY,
    }

    refused = api.patch(f"{entity.address}/{row.pk}/", body, If_Match='"1"')

    assert refused.status_code == 422
    assert {one["pointer"]: one["check"] for one in refused.json()["errors"]} == {
        "/id": "read-only",
        "/version": "read-only",
        "/voided_at": "read-only",
        "/void_reason": "read-only",
        "/record_number_index": "unknown-field",
        "/owner_id": "unknown-field",
    }
    made = api.post(f"{entity.address}/", body)
    assert made.status_code == 422
    assert {"/id", "/version", "/record_number_index"} <= {
        one["pointer"] for one in made.json()["errors"]
    }


@pytest.mark.parametrize("name", ALL)
def test_a_list_takes_its_own_parameters_and_no_others(api: Api, patient: Patient, name: str):
    entity = BY_NAME[name]
    for query in (
        "patient__identity__family_name=Canary",
        "birth_date=1960-05-17",
        "birth_date_from=1960",
        "family_name=Canary",
        "centre__name=x",
        "ordering=birth_date",
        "ordering=patient__birth_date",
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=x",
        "fields=password",
        "voided=yes",
        "limit=5&limit=6",
    ):
        refused = api.get(f"{entity.address}/?{query}")
        assert refused.status_code == 400, query
        assert refused.json()["errors"][0]["parameter"] == query.split("=")[0]
    assert api.get(f"{entity.address}/?fields=id,version").json()["results"][0].keys() == {
        "id",
        "version",
    }


def test_a_list_asks_the_database_as_often_for_many_rows_as_for_few(
    version: ProtocolVersion, patient: Patient
) -> None:
    api = Api(data_manager(patient.centre))

    def queries() -> dict[str, int]:
        counted = {}
        for entity in ENTITIES:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert api.get(f"{entity.address}/").status_code == 200
            counted[entity.name] = len(seen)
        return counted

    queries()  # what is remembered after the first request is remembered now
    few = queries()
    for number in range(9):
        full_case(version, centre=patient.centre, pseudonym=f"N-{number}")
    assert len(api.get("lesions/").json()["results"]) == 10

    assert queries() == few
