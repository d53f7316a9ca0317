"""The examples of the API's page, carried out one after the other: each is answered as it says."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest

from tests.conftest import ROOT
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    data_manager,
)
from tests.registry.api.client import Api

PAGE = ROOT / "docs" / "users" / "api.md"


class Example(NamedTuple):
    """A request as printed, and the status that it is said to have."""

    method: str
    address: str
    headers: dict[str, str]
    body: str
    status: int


def examples() -> list[Example]:
    found = []
    for block in re.findall(r"```http\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        head, *rest = block.strip().split("\n\n")
        request, *headers = head.splitlines()
        method, address = request.split(" ", 1)
        status = int(rest[-1].split()[0])
        named = dict(line.split(": ", 1) for line in headers)
        found.append(Example(method, address, named, "\n\n".join(rest[:-1]), status))
    return found


@pytest.mark.django_db
def test_the_examples_are_answered_as_the_page_says() -> None:
    study = ProtocolVersionFactory.create(study__key="jinling").study
    centre = ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A")).centre
    api = Api(data_manager(centre))
    listed: Any = None
    answers: list[Any] = []

    for one in examples():
        address = one.address.replace("{id}", str(listed))
        answer = api.send(one.method, address, one.body or None, **one.headers)
        assert answer.status_code == one.status, (one.method, address, answer.content)
        answers.append(answer.json())
        if answers[-1].get("results") and "id" in answers[-1]["results"][0]:
            listed = answers[-1]["results"][0]["id"]

    created, found, changed, history, death, curve = answers
    assert created["patient"]["pseudonym"] == "EXAMPLE-1"
    assert found["results"] == [{"id": listed, "version": 1, "longest_diameter_cm": 4.5}]
    assert (changed["version"], changed["longest_diameter_cm"]) == (2, 5.4)
    assert history["results"][0]["reason"] == "Typing error"
    assert death["died_on"] == "2025-03"
    # Dead about 14 months after the course: alive at 12 months, not at 24.
    assert [rate["survival"]["estimate"] for rate in curve["rates"]] == [1.0, 0.0]
