"""Requests made from the schema by the hundred, as every role: no answer of 500, no broken promise.

What is made for the key of a row is replaced by the key of a row that there is, at the own centre
or at another one, so that requests get further than "not found".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from registry.api.entities import ENTITIES
from registry.models import Patient, User
from registry.models.choices import Role
from tests.factories import (
    MembershipFactory,
    ProtocolVersionFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.api.client import token_of
from tests.registry.api.one_of_each import everything, row_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

REQUESTS_PER_OPERATION = 1
"""Of each person: eight of them send."""

PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

PEOPLE: dict[str, Callable[[Patient], User]] = {
    "data manager": lambda patient: data_manager(patient.centre),
    "data manager elsewhere": lambda _patient: data_manager(everything_elsewhere().centre),
    "investigator": lambda patient: _with_role(Role.INVESTIGATOR, centre=patient.centre),
    "coordinator": lambda patient: coordinator(_study(patient)),
    "monitor": lambda patient: monitor(_study(patient)),
    "analyst": lambda patient: _with_role(Role.ANALYST, study=_study(patient)),
    "administrator": lambda _patient: administrator(),
    "nobody in particular": lambda _patient: UserFactory.create(),
}


@pytest.mark.parametrize("who", PEOPLE)
def test_no_request_that_the_schema_allows_breaks_a_promise(who: str, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 1_000_000
    patient = everything(ProtocolVersionFactory.create(study__key="jinling"))
    headers = {"Authorization": f"Token {token_of(PEOPLE[who](patient))}"}
    schema = schemathesis.openapi.from_wsgi(
        "/api/schema/", application, config=SchemathesisConfig(), headers=headers
    )
    keys = {entity.address: int(row_of(entity, patient).pk) for entity in ENTITIES}
    answers: Counter[int] = Counter()

    for found in schema.get_all_operations():
        operation: Any = found
        _try(operation.ok(), keys, headers, answers)

    assert sum(answers.values()) >= 80
    assert not [status for status in answers if status >= 500], answers
    assert 401 not in answers


def _try(
    operation: Any, keys: dict[str, int], headers: dict[str, str], answers: Counter[int]
) -> None:
    key = keys.get(operation.path.removeprefix("/api/v1/").partition("/{id}/")[0])

    @hypothesis.settings(
        max_examples=REQUESTS_PER_OPERATION,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
        deadline=None,
        derandomize=True,
        database=None,
    )
    @hypothesis.given(case=operation.as_strategy())
    def send(case: Any) -> None:
        if key is not None and "id" in case.path_parameters:
            case.path_parameters["id"] = key
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = '"1"'
        response = case.call(headers=headers)
        case.validate_response(response, checks=PROMISES)
        answers[response.status_code] += 1

    send()


def everything_elsewhere() -> Patient:
    """A patient of another study at another centre."""
    return everything(ProtocolVersionFactory.create(study__key="cnao"))


def _study(patient: Patient) -> Any:
    return patient.centre.studies.get()


def _with_role(role: Role, **place: Any) -> User:
    return MembershipFactory.create(role=role, **place).user
