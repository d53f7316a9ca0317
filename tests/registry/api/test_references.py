"""Studies, centres and CTCAE terms: what other rows point to."""

from __future__ import annotations

import pytest

from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.registry.api.client import Api

pytestmark = pytest.mark.django_db


def test_a_study_names_the_endpoints_of_its_newest_protocol() -> None:
    study = ProtocolVersionFactory.create(study__key="jinling").study
    ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))

    (shown,) = Api(coordinator(study)).get("studies/").json()["results"]

    assert shown["key"] == "jinling"
    assert shown["protocol_version"] == 1
    assert shown["centres"] == ["A"]
    assert {"LC", "OS"} <= {one["code"] for one in shown["endpoints"]}
    assert Api(coordinator(study)).get("studies/jinling/").json() == shown


def test_other_peoples_studies_and_centres_are_not_listed() -> None:
    study = ProtocolVersionFactory.create(study__key="jinling").study
    centre = CentreFactory.create(code="B")
    ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))
    for stranger in (data_manager(centre), UserFactory.create(), administrator()):
        api = Api(stranger)
        assert api.get("studies/").json()["results"] == []
        assert api.get("studies/jinling/").status_code == 404
        assert "A" not in [one["code"] for one in api.get("centres/").json()["results"]]


def test_a_ctcae_term_is_found_by_its_words() -> None:
    found = Api(UserFactory.create()).get("ctcae-terms/?release=5.0&search=Fatigue").json()

    assert found["results"][0] == {"release": "5.0", "term": "Fatigue", "grades": [1, 2, 3]}


def test_a_release_that_there_is_not_is_named() -> None:
    refused = Api(UserFactory.create()).get("ctcae-terms/?release=7.0&search=Fatigue")

    assert refused.status_code == 400
    assert refused.json()["errors"][0]["parameter"] == "release"
