"""A whole case in one request: all of it or nothing, and errors at their place."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import IdempotentRequest, Identity, IdentityLook, Patient, Phase, Study
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
)
from tests.registry.api.client import Api
from tests.registry.views.full_case import full_case

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study() -> Study:
    study = ProtocolVersionFactory.create().study
    ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))
    return study


@pytest.fixture
def api(study: Study) -> Api:
    return Api(data_manager(CentreFactory.create(code="A")))


def a_case(**patient: Any) -> dict[str, Any]:
    """A patient with two lesions, treated by one course with two targets."""
    return {
        "patient": {
            "centre": "A",
            "pseudonym": "A/2024-1",
            "sex": "male",
            "birth_date": "1950-02-03",
            **patient,
        },
        "identity": {"family_name": "Canary", "record_number": "CANARY-77"},
        "enrolments": [
            {"study": "jinling", "consent_on": "2024-01-02", "enrolled_on": "2024-01-02"}
        ],
        "diseases": [{"diagnosed_on": "2023-11", "morphology": "8890/3", "grade": "2"}],
        "lesions": [
            {"longest_diameter_cm": 3.5, "found_on": "2023-12"},
            {"longest_diameter_cm": 2, "missing": {"found_on": "unknown"}},
        ],
        "courses": [
            {
                "started_on": "2024-01-15",
                "ended_on": "2024-01-19",
                "radiation_type": "photon",
                "targets": [
                    {"label": "PTV_1", "target_lesions": [{"lesion": 1}]},
                    {"label": "PTV_2", "target_lesions": [{"lesion": 2}]},
                ],
                "phases": [
                    {"target": 1, "dose_gy": 50, "fraction_count": 5},
                    {"target": 2, "dose_gy": 40, "fraction_count": 5},
                ],
                "dose_metrics": [
                    {"structure": "Lungs", "metric": "V20Gy", "value": 12.5, "unit": "%"}
                ],
            }
        ],
        "baselines": [{"course": 1, "kps": 90}],
        "assessments": [
            {
                "assessed_on": "2024-04-20",
                "kind": "clinic",
                "imaging_studies": [{"modality": "ct", "region": "chest"}],
                "lesion_assessments": [{"lesion": 1, "response": "sd"}],
            }
        ],
        "toxicity_events": [
            {
                "course": 1,
                "term": {"release": "4.03", "term": "Fatigue"},
                "grade": 2,
                "onset_on": "2024-02",
            }
        ],
    }


def test_a_whole_case_is_written_and_read_in_one_piece(api: Api) -> None:
    made = api.post("cases/", a_case())

    assert made.status_code == 201, made.content
    case = api.get(made.headers["Location"]).json()
    assert case == made.json()
    assert case["patient"]["pseudonym"] == "A/2024-1"
    assert case["identity"]["family_name"] == "Canary"
    (course,) = case["courses"]
    assert [one["target_lesions"][0]["lesion"] for one in course["targets"]] == [1, 2]
    assert [(one["target"], one["dose_gy"]) for one in course["phases"]] == [(1, 50.0), (2, 40.0)]
    assert case["lesions"][1]["missing"] == {"found_on": "unknown"}
    assert case["assessments"][0]["lesion_assessments"][0]["lesion"] == 1
    assert case["toxicity_events"][0]["term"] == {"release": "4.03", "term": "Fatigue"}
    assert case["enrolments"][0]["protocol_version"] == 1
    assert case["marks"] == []


def test_a_refused_row_takes_the_whole_case_with_it_and_says_where(api: Api) -> None:
    body = a_case()
    body["courses"][0]["phases"][1]["fraction_count"] = 300
    body["courses"][0]["ended_on"] = "2024-01-01"

    refused = api.post("cases/", body)

    assert refused.status_code == 422, refused.content
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert {(one["pointer"], one["check"]) for one in refused.json()["errors"]} == {
        ("/courses/0/phases/1/fraction_count", "row-rules"),
        ("/courses/0/ended_on", "row-rules"),
    }
    with system_scope():
        assert not Patient.objects.exists()
        assert not Phase.objects.exists()


def test_links_and_types_are_refused_at_their_place(api: Api) -> None:
    body = a_case()
    body["courses"][0]["phases"][0]["dose_gy"] = "fifty"
    body["lesions"][1]["colour"] = "red"
    body["lesions"][0]["id"] = 7
    refused = api.post("cases/", body).json()
    assert {(one["pointer"], one["check"]) for one in refused["errors"]} == {
        ("/courses/0/phases/0/dose_gy", "field"),
        ("/lesions/1/colour", "unknown-field"),
        ("/lesions/0/id", "read-only"),
    }

    body = a_case()
    body["courses"][0]["targets"][1]["target_lesions"][0]["lesion"] = 3
    body["courses"][0]["phases"][1]["target"] = 9
    body["lesions"][1]["number"] = 1
    refused = api.post("cases/", body).json()
    assert {(one["pointer"], one["check"]) for one in refused["errors"]} == {
        ("/courses/0/targets/1/target_lesions/0/lesion", "link"),
        ("/courses/0/phases/1/target", "link"),
        ("/lesions/1/number", "number"),
    }


def test_an_unlikely_value_is_written_with_a_reason_only(api: Api) -> None:
    body = a_case(birth_date="1905-02-03")

    asked = api.post("cases/", body)
    assert asked.status_code == 409, asked.content
    assert asked.json()["type"] == "/api/problems/needs-confirmation/"
    errors = asked.json()["errors"]
    assert {(one["check"], one["severity"]) for one in errors} == {("age", "unlikely")}

    body["confirm"] = [
        {
            **{name: one[name] for name in ("check", "entity", "field", "number")},
            "reason": "As in the passport",
        }
        for one in errors
    ]
    assert api.post("cases/", body).status_code == 201


def test_without_a_pseudonym_the_next_free_one_is_given(api: Api) -> None:
    body = a_case()
    del body["patient"]["pseudonym"]
    assert api.post("cases/", body).json()["patient"]["pseudonym"] == "JINLING-A-001"


def test_the_same_request_twice_makes_one_case(api: Api) -> None:
    first = api.post("cases/", a_case(), Idempotency_Key="case 1")
    again = api.post("cases/", a_case(), Idempotency_Key="case 1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.headers["Location"] == again.headers["Location"]
    assert first.json() == again.json()
    with system_scope():
        assert Patient.objects.count() == 1
    assert IdempotentRequest.objects.get().location == "/api/v1/cases/A/2024-1/"

    other = api.post("cases/", a_case(sex="female"), Idempotency_Key="case 1")
    assert other.status_code == 422
    assert other.json()["type"] == "/api/problems/idempotency-key/"


def test_outside_of_the_centre_a_case_is_pseudonymised(api: Api, study: Study) -> None:
    address = api.post("cases/", a_case()).headers["Location"]
    looks = IdentityLook._base_manager.count()

    answer = Api(coordinator(study)).get(address)

    assert answer.json()["identity"] is None
    assert answer.json()["patient"]["birth_date"] == "1950"
    assert "CANARY" not in answer.content.decode().upper()
    assert IdentityLook._base_manager.count() == looks


def test_who_reads_an_identity_by_the_interface_is_written_down(api: Api) -> None:
    address = api.post("cases/", a_case()).headers["Location"]
    with system_scope():
        identity = Identity.objects.get().pk
        before = IdentityLook.objects.count()

    api.get(address)
    api.get(f"identities/{identity}/")
    api.get("identities/")
    api.get("patients/")
    api.get("patients/?fields=pseudonym")

    with system_scope():
        places = IdentityLook.objects.order_by("pk").values_list("place", flat=True)
        assert list(places)[before:] == [
            "api patients",
            "api identities",
            "api identities",
            "api patients",
        ]


def test_nobody_creates_a_case_at_another_centre(api: Api, study: Study) -> None:
    ParticipationFactory.create(study=study, centre=CentreFactory.create(code="B"))
    assert api.post("cases/", a_case(centre="B")).status_code == 422  # not seen: not there
    refused = Api(coordinator(study)).post("cases/", a_case(centre="B"))
    assert refused.status_code == 403
    assert refused.json()["status"] == 403


def test_at_another_centre_there_is_no_such_case(api: Api, study: Study) -> None:
    address = api.post("cases/", a_case()).headers["Location"]
    stranger = Api(data_manager(CentreFactory.create(code="B")))

    hidden, absent = stranger.get(address), stranger.get("cases/nobody/")

    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["detail"] == absent.json()["detail"]
    for query in ("patient=A/2024-1", "centre=A", "study=jinling", "ordering=-number"):
        answer = stranger.get(f"lesions/?{query}")
        assert answer.json() == {"next": None, "results": []}


def test_a_case_is_read_in_as_many_queries_however_many_rows_it_has(api: Api, study: Study) -> None:
    def queries(case: Patient) -> int:
        api.get(f"cases/{case.pseudonym}/")  # what is remembered after the first request is now
        with CaptureQueriesContext(connection) as seen:
            assert api.get(f"cases/{case.pseudonym}/").status_code == 200
        return len(seen)

    centre = CentreFactory.create(code="A")
    small = full_case(study.protocol_version(), centre=centre, pseudonym="small")
    large = full_case(study.protocol_version(), centre=centre, pseudonym="large", rows=8)

    assert queries(small) == queries(large)
