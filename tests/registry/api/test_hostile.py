"""Whatever is sent, the answer is a problem that names it, and never a failure."""

from __future__ import annotations

from typing import Any

import pytest

from registry.api.columns import field_for
from registry.api.entities import BY_NAME, ENTITIES
from registry.models import Lesion, Patient
from registry.scope import system_scope
from tests.factories import LesionFactory, PatientFactory, data_manager
from tests.registry.api.client import Api
from tests.registry.api.one_of_each import CHANGES

pytestmark = [pytest.mark.django_db, pytest.mark.services]

HUGE = 10**30


@pytest.fixture
def patient() -> Patient:
    return PatientFactory.create(pseudonym="P-1")


@pytest.fixture
def api(patient: Patient) -> Api:
    return Api(data_manager(patient.centre))


MALFORMED = {
    "no JSON": b"{",
    "nothing that is a text": b"\xff\xfe",
    "a name twice": b'{"patient": "P-1", "patient": "P-2"}',
    "no number": b'{"longest_diameter_cm": NaN}',
    "infinity": b'{"longest_diameter_cm": -Infinity}',
    "a number beyond all bounds": b'{"longest_diameter_cm": 1e99999999999999999999}',
    "a number of many digits": b'{"number": ' + b"9" * 5000 + b"}",
    "NUL": b'{"description": "a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000": 1}',
    "half of a pair": b'{"description": "\\ud800"}',
    "half of a pair as a name twice": b'{"\\ud800": 1, "\\ud800": 2}',
    "nested deeply": b'{"patient": ' + b"[" * 20 + b"]" * 20 + b"}",
    "nested without end": b"[" * 100_000,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_what_cannot_be_read_is_a_bad_request(api: Api, body: bytes) -> None:
    for address in ("lesions/", "cases/"):
        refused = api.post(address, body)
        assert refused.status_code == 400, refused.content
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.json()["type"] == "/api/problems/malformed/"


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true", b"[[]]", b"1e999"])
def test_what_is_no_object_is_refused(api: Api, patient: Patient, body: bytes) -> None:
    row = LesionFactory.create(patient=patient)
    answers = [
        api.post("lesions/", body),
        api.post("cases/", body),
        api.send("PATCH", f"lesions/{row.pk}/", body, If_Match='"1"'),
        api.post(f"lesions/{row.pk}/void/", body, If_Match='"1"'),
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    assert all(answer.json()["errors"][0]["pointer"] == "" for answer in answers)


WRONG: list[Any] = [
    HUGE, -HUGE, -1, 32768, 0.123456789, True, "", " ", "x", "x" * 40_000, [], [1], {}, {"a": 1},
    "2024-02-30", "0001-01-01", "99999", "\u202e", "'; DROP TABLE registry_patient; --", None,
]  # fmt: skip


@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:20])
def test_no_value_of_any_column_makes_the_interface_fail(api: Api, value: Any) -> None:
    for entity in ENTITIES:
        body = {column.name: value for column in entity.columns} | {
            "missing": value,
            "confirm": value,
            "reason_for_change": value,
        }
        refused = api.post(f"{entity.address}/", body)
        assert refused.status_code == 422, (entity.name, refused.status_code, refused.content)


@pytest.mark.parametrize("value", ["1e999", "-1e999", "1e-999", "1" + "0" * 400])
def test_numbers_out_of_bounds_are_refused_at_their_field(api: Api, value: str) -> None:
    body = '{"patient": "P-1", "longest_diameter_cm": %s, "number": %s}' % (value, value)  # noqa: UP031
    refused = api.post("lesions/", body)
    assert refused.status_code == 422
    assert {one["pointer"] for one in refused.json()["errors"]} == {
        "/longest_diameter_cm",
        "/number",
    }


@pytest.mark.parametrize("query", [
    "number=1e999", "number=99999999999999999999", "number=%00", "number=-1", "number=x",
    "found_on_from=2024-02-30", "found_on_to=%F0%9F", "status=unheard-of",
    "limit=%D9%A1", "cursor=%00", "cursor=eyJ9", "patient=" + "x" * 300, "ordering=",
])  # fmt: skip
def test_a_parameter_that_cannot_be_is_named(api: Api, query: str) -> None:
    refused = api.get(f"lesions/?{query}")
    assert refused.status_code in (400, 404), refused.content
    assert refused.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", [
    "lesions/0/", "lesions/99999999999999999999999/", "lesions/x/", "lesions/1", "nothing/", "",
    "cases/%00/", "cases/../", "cases/%2e%2e/", "cases/" + "x" * 5000 + "/", "lesions/-1/",
    "lesions/1/nothing/", "patients/1/identity/",
])  # fmt: skip
def test_addresses_of_nothing_are_answered_as_such(api: Api, address: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = api.send(method, address, {} if method == "POST" else None)
        assert answer.status_code in (404, 405), (method, answer.content)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize(
    "etag", ["1", '"', "W/" + '"1"', '"1', "\u00e9", '""', '"1e0"', "x" * 5000]
)
def test_a_strange_version_is_another_version(api: Api, patient: Patient, etag: str) -> None:
    row = LesionFactory.create(patient=patient)
    body = {"description": "x", "reason_for_change": "y"}
    assert api.patch(f"lesions/{row.pk}/", body, If_Match=etag).status_code == 412


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "\u00e9", "a\tb"])
def test_a_strange_key_of_a_request_is_named(api: Api, key: str) -> None:
    refused = api.post("lesions/", {"patient": "P-1"}, Idempotency_Key=key)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "Idempotency-Key"
    with system_scope():
        assert not Lesion.objects.exists()


def test_only_json_is_read_and_spoken(api: Api) -> None:
    form = api.client.post("/api/v1/lesions/", {"patient": "P-1"}, headers=api.headers)
    assert (form.status_code, form.json()["type"]) == (415, "/api/problems/media-type/")
    page = api.get("lesions/", Accept="text/html")
    assert (page.status_code, page.json()["type"]) == (406, "/api/problems/not-acceptable/")
    for method in ("PUT", "DELETE"):
        answer = api.send(method, "lesions/")
        assert (answer.status_code, answer.json()["status"]) == (405, 405)
        assert answer.headers["Allow"]


def test_a_body_that_is_too_large_is_not_read(api: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    refused = api.post("lesions/", {"description": "x" * 2000})
    assert (refused.status_code, refused.json()["type"]) == (413, "/api/problems/too-large/")


def test_a_failure_is_a_problem_that_tells_nothing(
    api: Api, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("Canary-Family 1960-05-17")

    monkeypatch.setattr("registry.api.writing.records.write", fails)
    answer = api.post("lesions/", {"patient": "P-1", "description": "Canary"})

    assert (answer.status_code, answer.json()["type"]) == (500, "/api/problems/error/")
    assert "Canary" not in answer.content.decode()
    with system_scope():
        assert not Lesion.objects.exists()


def test_every_column_has_a_field_and_every_table_a_change() -> None:
    assert set(CHANGES) == set(BY_NAME)
    for entity in ENTITIES:
        for column in entity.columns:
            if not column.is_relation:
                assert field_for(entity.model, column) is not None
