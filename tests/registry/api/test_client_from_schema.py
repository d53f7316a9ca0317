"""Who has nothing but the schema can enter a full case and read the study's curve."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    ParticipationFactory,
    ProtocolVersionFactory,
    data_manager,
)
from tests.registry.api.client import Api
from tests.registry.api.described_client import DescribedClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> DescribedClient:
    study = ProtocolVersionFactory.create(study__key="jinling").study
    centre = ParticipationFactory.create(study=study).centre
    return DescribedClient(Api(data_manager(centre)))


def a_case(client: DescribedClient, study: dict[str, Any]) -> dict[str, Any]:
    """A body made of the schema's own components, with facts only where the case needs them."""
    (term,) = client.carry_out("ctcae_terms_search", release="5.0", search="Dermatitis radiation")[
        "results"
    ][:1]
    return client.smallest(
        "cases_create",
        patient=client.row(
            "PatientInCaseRequest", centre=study["centres"][0], sex="female", birth_date="1961-05"
        ),
        enrolments=[
            client.row("EnrolmentInCaseRequest", study=study["key"], enrolled_on="2024-01-03")
        ],
        diseases=[client.row("DiseaseInCaseRequest", diagnosed_on="2023-12", morphology="8890/3")],
        lesions=[client.row("LesionInCaseRequest", longest_diameter_cm=4.5, found_on="2023-12-01")],
        courses=[
            client.row(
                "CourseInCaseRequest",
                started_on="2024-01-15",
                ended_on="2024-01-19",
                radiation_type="photon",
                targets=[
                    client.row(
                        "TargetInCaseRequest",
                        label="PTV",
                        target_lesions=[client.row("TargetLesionInCaseRequest", lesion=1)],
                    )
                ],
                phases=[client.row("PhaseInCaseRequest", dose_gy=50, fraction_count=5)],
            )
        ],
        assessments=[
            client.row(
                "AssessmentInCaseRequest",
                assessed_on="2024-04-20",
                imaging_studies=[client.row("ImagingStudyInCaseRequest", modality="mr")],
                lesion_assessments=[
                    client.row("LesionAssessmentInCaseRequest", lesion=1, response="pr")
                ],
            )
        ],
        toxicity_events=[
            client.row(
                "ToxicityEventInCaseRequest",
                course=1,
                term={"release": term["release"], "term": term["term"]},
                grade=term["grades"][0],
                onset_on="2024-02-01",
            )
        ],
    )


def test_a_full_case_is_entered_corrected_and_found_in_the_curve(client: DescribedClient) -> None:
    (study,) = client.carry_out("studies_list")["results"]
    case = client.carry_out("cases_create", a_case(client, study), idempotency_key="case-1")
    pseudonym = case["patient"]["pseudonym"]

    # Corrected under the version that was read, and found in the history with its reason.
    (lesion,) = client.carry_out("lesions_list", patient=pseudonym)["results"]
    client.carry_out("lesions_retrieve", id=lesion["id"])
    seen = client.last.headers["ETag"]
    change = client.smallest(
        "lesions_change", longest_diameter_cm=5.5, reason_for_change="Measured again"
    )
    client.carry_out("lesions_change", change, id=lesion["id"], if_match=seen)
    latest = client.carry_out("lesions_history", id=lesion["id"])["results"][0]
    assert latest["reason"] == "Measured again"
    (value,) = latest["values"]
    assert (float(value["old"]), float(value["new"])) == (4.5, 5.5)

    # Died: the duties end, and the curve has its event.
    open_visits = client.carry_out("expected_visits_list", patient=pseudonym, status="overdue")
    assert "results" in open_visits
    client.carry_out(
        "deaths_create", client.smallest("deaths_create", patient=pseudonym, died_on="2025-01-19")
    )
    curve = client.carry_out("curves_retrieve", key=study["key"], endpoint="OS", at_months="12")
    assert (curve["n"], curve["events"]) == (1, 1)
    assert [step["survival"] for step in curve["steps"]] == [0.0]


def test_the_same_case_sent_twice_is_one_case(client: DescribedClient) -> None:
    (study,) = client.carry_out("studies_list")["results"]
    body = a_case(client, study)

    first = client.carry_out("cases_create", body, idempotency_key="case-1")
    again = client.carry_out("cases_create", body, idempotency_key="case-1")

    assert first["patient"]["id"] == again["patient"]["id"]
    assert len(client.carry_out("patients_list")["results"]) == 1


def test_every_table_can_be_listed_by_what_the_schema_says(client: DescribedClient) -> None:
    (study,) = client.carry_out("studies_list")["results"]
    client.carry_out("cases_create", a_case(client, study))
    lists = [name for name in client.operations if name.endswith("_list")]

    filled = {name for name in lists if client.carry_out(name)["results"]}

    assert {"patients_list", "lesions_list", "courses_list", "phases_list"} <= filled
    assert len(lists) >= 25
