"""One table from end to end: what is written by the interface is what the forms would write."""

import pytest

from registry.models import Patient
from registry.scope import system_scope
from tests.factories import LesionFactory, PatientFactory, data_manager
from tests.registry.api.client import Api

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def patient() -> Patient:
    return PatientFactory.create(pseudonym="P-1")


@pytest.fixture
def api(patient: Patient) -> Api:
    return Api(data_manager(patient.centre, display_name="Data manager, Centre A"))


def test_a_lesion_is_created_read_changed_and_taken_back(api: Api, patient: Patient) -> None:
    made = api.post(
        "lesions/", {"patient": "P-1", "longest_diameter_cm": 4.25, "found_on": "2024-01"}
    )
    assert made.status_code == 201, made.content
    address, etag = made.headers["Location"], made.headers["ETag"]
    assert made.json()["number"] == 1
    assert made.json()["found_on"] == "2024-01"

    read = api.get(address)
    assert read.json() == made.json()
    assert etag == '"1"'

    changed = api.patch(
        address,
        {"longest_diameter_cm": 4.5, "reason_for_change": "Typing error"},
        If_Match=etag,
    )
    assert changed.status_code == 200, changed.content
    assert (changed.json()["longest_diameter_cm"], changed.headers["ETag"]) == (4.5, '"2"')

    gone = api.post(f"{address}void/", {"reason_for_change": "No lesion"}, If_Match='"2"')
    assert gone.status_code == 200, gone.content
    assert gone.json()["void_reason"] == "No lesion"
    assert api.get(address).status_code == 404
    assert api.get(f"{address}?voided=true").status_code == 200
    assert api.get("lesions/").json()["results"] == []

    history = api.get(f"{address}history/").json()["results"]
    assert [one["operation"] for one in history] == ["taken back", "changed", "created"]
    assert history[1]["reason"] == "Typing error"
    assert history[1]["person"] == "Data manager, Centre A"
    assert history[1]["values"] == [{"field": "longest diameter (cm)", "old": "4.25", "new": "4.5"}]


def test_a_list_is_read_page_by_page(api: Api, patient: Patient) -> None:
    with system_scope():
        keys = [LesionFactory.create(patient=patient, number=n).pk for n in range(1, 6)]

    first = api.get("lesions/?limit=2").json()
    second = api.get(first["next"].removeprefix("http://testserver")).json()
    third = api.get(second["next"].removeprefix("http://testserver")).json()

    assert [row["id"] for page in (first, second, third) for row in page["results"]] == keys
    assert third["next"] is None
