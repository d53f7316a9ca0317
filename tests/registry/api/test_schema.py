"""The schema describes every address and nothing else, and is valid OpenAPI 3.1."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from registry.api.entities import ENTITIES
from tests.factories import CentreFactory, UserFactory, data_manager
from tests.registry.api.client import Api

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(found, default=str))


def test_the_schema_is_openapi_3_1(schema: dict[str, Any]) -> None:
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)


def test_every_address_of_the_interface_is_described(schema: dict[str, Any]) -> None:
    described = {re.sub(r"{[^}]*}", "*", path) for path in schema["paths"]}

    assert described == set(_addresses(get_resolver().url_patterns, ""))
    assert len(described) > 4 * len(ENTITIES)


def test_every_operation_has_a_name_of_its_own(schema: dict[str, Any]) -> None:
    names = [one["operationId"] for _path, _method, one in operations(schema)]

    assert len(names) == len(set(names))
    assert {"lesions_create", "toxicity_events_history", "cases_create", "curves_retrieve"} <= set(
        names
    )


def test_every_operation_says_which_problems_it_answers_with(schema: dict[str, Any]) -> None:
    for path, method, one in operations(schema):
        for status in ("401", "403", "404", "429"):
            (media_type,) = one["responses"][status]["content"]
            assert media_type == "application/problem+json", (path, method, status)


def test_changes_need_a_reason_and_the_version_that_was_read(schema: dict[str, Any]) -> None:
    for path, method, one in operations(schema):
        if method != "patch" and not path.endswith("/void/"):
            continue
        body = referred(schema, one["requestBody"]["content"]["application/json"]["schema"])
        assert "reason_for_change" in body["required"], path
        assert any(p["name"] == "If-Match" and p["required"] for p in one["parameters"]), path
        assert {"412", "428"} <= set(one["responses"]), path


def test_a_change_does_not_take_what_stays_as_it_was_created(schema: dict[str, Any]) -> None:
    change = schema["components"]["schemas"]["CourseChangeRequest"]["properties"]

    assert not {"id", "version", "patient", "number"} & set(change)
    assert "started_on" in change


@pytest.mark.django_db
def test_the_schema_is_for_people_with_an_account() -> None:
    assert Client().get("/api/schema/").status_code == 401
    answer = Api(UserFactory.create()).get("/api/schema/")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"] == "Sarcoma RT Registry"


@pytest.mark.django_db
def test_the_page_about_it_loads_nothing_from_elsewhere() -> None:
    client = Client()
    client.force_login(data_manager(CentreFactory.create()))

    page = client.get("/api/docs/").content.decode()

    assert "swagger-ui-bundle" in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script>" not in page


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in schema["paths"].items()
        for method in METHODS & set(item)
    ]


def referred(schema: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    name = place["$ref"].rsplit("/", 1)[-1]
    return schema["components"]["schemas"][name]


def _addresses(patterns: list[URLPattern | URLResolver], before: str) -> list[str]:
    found: list[str] = []
    for one in patterns:
        address = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += _addresses(one.url_patterns, address)
        elif address.startswith("api/v1/"):
            found.append("/" + re.sub(r"<[^>]*>", "*", address))
    return found
