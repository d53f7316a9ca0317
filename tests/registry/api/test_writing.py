"""Writing by the interface keeps the rules of the forms: the same checks, in the same words."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from registry.models import (
    Confirmation,
    CtcaeTerm,
    Death,
    Enrolment,
    FormMark,
    Identity,
    Lesion,
    Patient,
    Phase,
    Screening,
    Study,
)
from registry.models.choices import MarkKind
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    CourseFactory,
    DeathFactory,
    EnrolmentFactory,
    LesionFactory,
    ParticipationFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    TargetFactory,
    TargetLesionFactory,
    ToxicityEventFactory,
    coordinator,
    data_manager,
)
from tests.registry.api.client import Api

pytestmark = pytest.mark.django_db

WHY = {"reason_for_change": "Typing error"}


@pytest.fixture
def study() -> Study:
    study = ProtocolVersionFactory.create().study
    ParticipationFactory.create(study=study, centre=CentreFactory.create(code="A"))
    return study


@pytest.fixture
def patient(study: Study) -> Patient:
    return PatientFactory.create(pseudonym="P-1", centre=CentreFactory.create(code="A"))


@pytest.fixture
def api(patient: Patient) -> Api:
    return Api(data_manager(patient.centre))


def told(response: Any, status: int = 422) -> dict[str, str]:
    """Pointer → id of the check."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return {one["pointer"]: one["check"] for one in response.json()["errors"]}


def test_a_check_speaks_the_words_of_the_forms_at_the_field(api: Api) -> None:
    body = {"patient": "P-1", "found_on": "2024-05", "recurred_on": "2024-04"}

    (error,) = api.post("lesions/", body).json()["errors"]

    assert error == {
        "field": "recurred_on",
        "pointer": "/recurred_on",
        "check": "row-rules",
        "severity": "impossible",
        "message": "2024-04 is before 2024-05",
        "entity": "lesion",
        "number": 1,
        "row": None,
    }


def test_what_is_needed_is_told_of_every_field_at_once(api: Api) -> None:
    assert told(api.post("toxicity-events/", {})) == {
        "/patient": "needed",
        "/term": "needed",
        "/grade": "needed",
    }


def test_a_code_of_a_list_is_one_of_the_list(api: Api) -> None:
    body = {"patient": "P-1", "site": "nowhere", "topography": "C99.9", "laterality": "both"}
    assert told(api.post("lesions/", body)) == {
        "/site": "code",
        "/topography": "code",
        "/laterality": "invalid_choice",
    }


def test_a_change_of_a_fact_leaves_the_others(api: Api, patient: Patient) -> None:
    row = LesionFactory.create(patient=patient, description="Left", found_on="2023-11")
    answer = api.patch(f"lesions/{row.pk}/", {"description": None} | WHY, If_Match='"1"').json()
    assert (answer["description"], answer["found_on"]) == (None, "2023-11")


def test_a_change_to_what_is_there_already_writes_nothing(api: Api, patient: Patient) -> None:
    row = LesionFactory.create(patient=patient, description="Left")
    answer = api.patch(f"lesions/{row.pk}/", {"description": "Left"} | WHY, If_Match='"1"')
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')


def test_a_reason_takes_the_place_of_a_value_and_a_value_that_of_a_reason(
    api: Api, patient: Patient
) -> None:
    row = LesionFactory.create(patient=patient, found_on="2023-11")
    address = f"lesions/{row.pk}/"

    missing = {"missing": {"found_on": "unknown"}} | WHY
    answer = api.patch(address, missing, If_Match='"1"').json()
    assert (answer["found_on"], answer["missing"]) == (None, {"found_on": "unknown"})

    answer = api.patch(address, {"found_on": "2023-12"} | WHY, If_Match='"2"').json()
    assert (answer["found_on"], answer["missing"]) == ("2023-12", {})

    both = {"found_on": "2023", "missing": {"found_on": "unknown"}} | WHY
    assert told(api.patch(address, both, If_Match='"3"')) == {"/missing/found_on": "missing-reason"}
    strange = {"missing": {"colour": "unknown", "site": "forgotten"}} | WHY
    assert told(api.patch(address, strange, If_Match='"3"')) == {"/missing/site": "invalid_choice"}
    unknown = {"missing": {"colour": "unknown"}} | WHY
    assert told(api.patch(address, unknown, If_Match='"3"')) == {
        "/missing/colour": "missing-reason"
    }


def test_rows_are_numbered_and_a_number_is_used_once(api: Api, patient: Patient) -> None:
    LesionFactory.create(patient=patient, number=4)
    assert api.post("lesions/", {"patient": "P-1"}).json()["number"] == 1
    assert api.post("lesions/", {"patient": "P-1"}).json()["number"] == 5
    assert api.post("lesions/", {"patient": "P-1", "number": 9}).json()["number"] == 9
    assert told(api.post("lesions/", {"patient": "P-1", "number": 4})) == {"/number": "number"}


def test_an_unlikely_value_is_confirmed_once(api: Api, patient: Patient) -> None:
    body = {"patient": "P-1", "longest_diameter_cm": 61}

    asked = api.post("lesions/", body)
    assert told(asked, 409) == {"/longest_diameter_cm": "large-lesion"}
    assert asked.json()["type"] == "/api/problems/needs-confirmation/"

    (finding,) = asked.json()["errors"]
    confirm = {name: finding[name] for name in ("check", "entity", "field", "number")}
    without = body | {"confirm": [confirm | {"reason": " "}]}
    assert told(api.post("lesions/", without)) == {"/confirm/0/reason": "blank"}
    other = body | {"confirm": [confirm | {"check": "age", "reason": "Measured twice"}]}
    assert told(api.post("lesions/", other), 409) == {"/longest_diameter_cm": "large-lesion"}

    made = api.post("lesions/", body | {"confirm": [confirm | {"reason": "Measured twice"}]})
    assert made.status_code == 201
    with system_scope():
        assert Confirmation.objects.get().reason == "Measured twice"
    again = api.patch(
        made.headers["Location"], {"description": "Huge"} | WHY, If_Match=made.headers["ETag"]
    )
    assert again.status_code == 200


def test_links_go_to_what_the_person_may_see(api: Api, patient: Patient) -> None:
    stranger = LesionFactory.create(patient=PatientFactory.create(pseudonym="B-1"))
    own = LesionFactory.create(patient=PatientFactory.create(centre=patient.centre))
    body = {"patient": "P-1", "kind": "local", "occurred_on": "2024-03"}

    hidden = api.post("progressions/", body | {"lesion": stranger.pk})
    absent = api.post("progressions/", body | {"lesion": 999_999})
    assert told(hidden) == told(absent) == {"/lesion": "link"}
    assert hidden.json()["errors"][0] == absent.json()["errors"][0]
    assert told(api.post("progressions/", body | {"lesion": own.pk})) == {"/lesion": "same-patient"}

    hidden = api.post("lesions/", {"patient": "B-1"})
    absent = api.post("lesions/", {"patient": "B-2"})
    assert told(hidden) == {"/patient": "link"}
    assert hidden.json()["errors"] == absent.json()["errors"]


def test_a_term_is_named_by_its_release(api: Api) -> None:
    body = {"patient": "P-1", "grade": 2}
    term = {"release": "4.03", "term": "fatigue"}
    made = api.post("toxicity-events/", body | {"term": term})
    assert made.json()["term"] == {"release": "4.03", "term": "Fatigue"}
    assert told(api.post("toxicity-events/", body | {"term": term | {"release": "9.0"}})) == {
        "/term/term": "term"
    }
    assert told(api.post("toxicity-events/", body | {"term": term | {"soc": "x"}})) == {
        "/term/soc": "unknown-field"
    }
    assert told(api.post("toxicity-events/", body | {"term": term, "grade": 4})) == {
        "/grade": "grade-exists"
    }


class TestPatients:
    def test_a_patient_is_taken_in_at_the_own_centre(self, api: Api) -> None:
        made = api.post("patients/", {"centre": "A", "pseudonym": "A/7?#", "sex": "male"})
        assert made.status_code == 201, made.content
        row = made.json()
        assert (row["pseudonym"], row["centre"]) == ("A/7?#", "A")
        assert api.get("patients/?pseudonym=A%2F7%3F%23").json()["results"] == [row]
        case = api.get("cases/A%2F7%3F%23/").json()
        assert case["patient"]["pseudonym"] == "A/7?#"
        assert api.get("lesions/?patient=A/7%3F%23").json()["results"] == []

    @pytest.mark.parametrize("pseudonym", ["P-1", "p-1", "../x", "a//b", "a\u200bb", "x" * 41, ""])
    def test_a_pseudonym_is_free_and_fit_for_an_address(self, api: Api, pseudonym: str) -> None:
        refused = api.post("patients/", {"centre": "A", "pseudonym": pseudonym})
        assert set(told(refused)) == {"/pseudonym"}

    def test_a_patient_neither_moves_nor_is_renamed(self, api: Api, patient: Patient) -> None:
        CentreFactory.create(code="B")
        body = {"centre": "B", "pseudonym": "P-2"} | WHY
        assert told(api.patch(f"patients/{patient.pk}/", body, If_Match='"1"')) == {
            "/centre": "read-only",
            "/pseudonym": "read-only",
        }

    def test_at_a_centre_that_one_sees_and_does_not_enter_for(self, api: Api, study: Study) -> None:
        ParticipationFactory.create(study=study, centre=CentreFactory.create(code="B"))
        steers = Api(coordinator(study))
        answer = steers.post("patients/", {"centre": "B", "pseudonym": "B-1"})
        assert answer.status_code == 403
        assert steers.post("patients/", {}).status_code == 403  # before anything is said of it

    def test_is_taken_back_when_nothing_is_recorded_any_more(
        self, api: Api, patient: Patient
    ) -> None:
        row = LesionFactory.create(patient=patient, number=1)
        address = f"patients/{patient.pk}/"
        assert api.post(f"{address}void/", WHY, If_Match='"1"').status_code == 422
        api.post(f"lesions/{row.pk}/void/", WHY, If_Match='"1"')
        assert api.post(f"{address}void/", WHY, If_Match='"1"').status_code == 200
        assert api.get("cases/P-1/").status_code == 404


class TestIdentities:
    def test_a_record_number_is_one_patients(self, api: Api, patient: Patient) -> None:
        other = PatientFactory.create(pseudonym="P-2", centre=patient.centre)
        first = api.post("identities/", {"patient": "P-1", "record_number": "CANARY-1"})
        assert first.status_code == 201, first.content
        body = {"patient": other.pseudonym, "record_number": "canary-1"}
        refused = api.post("identities/", body)
        assert told(refused) == {"/record_number": "record-number"}
        assert "P-1" not in refused.content.decode()

    def test_a_changed_number_is_found_anew(self, api: Api, patient: Patient) -> None:
        made = api.post("identities/", {"patient": "P-1", "record_number": "CANARY-1"})
        with system_scope():
            before = Identity.objects.get().record_number_index
        changed = api.patch(
            made.headers["Location"], {"record_number": "CANARY-2"} | WHY, If_Match='"1"'
        )
        assert changed.status_code == 200
        with system_scope():
            assert Identity.objects.get().record_number_index not in (None, before)


class TestScreenings:
    def test_a_person_who_is_not_enrolled_has_a_reason(self, api: Api) -> None:
        body = {"study": "jinling", "centre": "A", "outcome": "not_enrolled"}
        assert told(api.post("screenings/", body)) == {
            "/reason_not_enrolled": "reason-not-enrolled"
        }
        made = api.post("screenings/", body | {"reason_not_enrolled": "declined"})
        assert (made.status_code, made.json()["number"]) == (201, 1), made.content

    def test_a_pending_screening_leads_to_one_patient(
        self, api: Api, study: Study, patient: Patient
    ) -> None:
        row = ScreeningFactory.create(study=study, centre=patient.centre, number=1)
        other = PatientFactory.create(pseudonym="P-2", centre=patient.centre)
        address = f"screenings/{row.pk}/"

        answer = api.patch(address, {"patient": "P-1", "outcome": "enrolled"} | WHY, If_Match='"1"')
        assert answer.status_code == 200, answer.content
        moved = api.patch(address, {"patient": other.pseudonym} | WHY, If_Match='"2"')
        assert told(moved) == {"/patient": "read-only"}
        with system_scope():
            assert Screening.objects.get().patient == patient

    def test_the_patient_is_of_the_centre_that_screened(self, study: Study, patient: Patient):
        second = CentreFactory.create(code="B")
        ParticipationFactory.create(study=study, centre=second)
        user = data_manager(patient.centre)
        user.memberships.create(role="data_manager", centre=second)
        body = {"study": "jinling", "centre": "B", "outcome": "enrolled", "patient": "P-1"}
        assert told(Api(user).post("screenings/", body)) == {"/patient": "same-centre"}


class TestEnrolments:
    def test_a_patient_is_enrolled_under_the_newest_version(self, api: Api) -> None:
        made = api.post("enrolments/", {"patient": "P-1", "study": "jinling"})
        assert (made.status_code, made.json()["protocol_version"]) == (201, 1), made.content
        with system_scope():
            assert Enrolment.objects.get().protocol_version.number == 1

    def test_only_in_a_study_of_the_centre_and_a_version_of_the_study(self, api: Api) -> None:
        ProtocolVersionFactory.create(study__key="miyakojima")
        body = {"patient": "P-1", "study": "miyakojima"}
        assert told(api.post("enrolments/", body)) == {"/study": "link"}
        other = {"patient": "P-1", "study": "jinling", "protocol_version": 7}
        assert told(api.post("enrolments/", other)) == {"/protocol_version": "link"}


class TestTakingBack:
    def test_parts_go_with_the_row(self, api: Api, patient: Patient) -> None:
        course = CourseFactory.create(patient=patient)
        PhaseFactory.create(course=course, number=1)

        api.post(f"courses/{course.pk}/void/", WHY, If_Match='"1"')

        with system_scope():
            assert Phase.objects.get().void_reason == "Typing error"

    def test_what_others_rest_on_stays(self, api: Api, patient: Patient) -> None:
        lesion = LesionFactory.create(patient=patient)
        course = CourseFactory.create(patient=patient)
        TargetLesionFactory.create(target=TargetFactory.create(course=course), lesion=lesion)

        refused = api.post(f"lesions/{lesion.pk}/void/", WHY, If_Match='"1"')

        assert told(refused) == {"": "rests-on"}
        with system_scope():
            assert not Lesion.objects.get().is_void

    def test_a_death_stays_while_a_toxicity_of_grade_5_rests_on_it(
        self, api: Api, patient: Patient
    ) -> None:
        death = DeathFactory.create(patient=patient)
        term = CtcaeTerm.objects.get(release="4.03", term="Sepsis")
        ToxicityEventFactory.create(patient=patient, grade=5, term=term)

        refused = api.post(f"deaths/{death.pk}/void/", WHY, If_Match='"1"')

        assert "grade-5-death" in told(refused).values()
        with system_scope():
            assert not Death.objects.get().is_void


def test_a_locked_form_is_not_written(api: Api, patient: Patient) -> None:
    row = LesionFactory.create(patient=patient)
    with system_scope():
        FormMark.objects.create(
            patient=patient,
            kind=MarkKind.LOCKED,
            entity="lesion",
            row_id=row.pk,
            content_sha256="0" * 64,
            at=timezone.now(),
        )
    answer = api.patch(f"lesions/{row.pk}/", {"description": "x"} | WHY, If_Match='"1"')
    assert answer.status_code == 422
    assert "locked" in answer.json()["errors"][0]["message"]


@pytest.mark.services
def test_a_list_is_cut_by_what_the_table_allows(api: Api, patient: Patient, study: Study) -> None:
    other = PatientFactory.create(pseudonym="P-2", centre=patient.centre)
    EnrolmentFactory.create(patient=other, study=study, protocol_version=study.protocol_version())
    first = CourseFactory.create(
        patient=patient, number=1, started_on="2023-12-30", ended_on="2024-01-02"
    )
    second = CourseFactory.create(patient=patient, number=2, started_on="2024-01", ended_on=None)
    third = CourseFactory.create(patient=other, number=1, started_on="2024-02-01", ended_on=None)

    def found(query: str) -> list[int]:
        return [row["id"] for row in api.get(f"courses/?{query}").json()["results"]]

    assert found("patient=P-1") == [first.pk, second.pk]
    assert found("study=jinling") == [third.pk]
    assert found("centre=A&number=1") == [first.pk, third.pk]
    assert found("centre=B") == []
    assert found("started_on_from=2024-01") == [second.pk, third.pk]
    assert found("started_on_to=2024-01") == [first.pk, second.pk]
    assert found("started_on_from=2024&started_on_to=2024") == [second.pk, third.pk]
    assert found("radiation_type=photon&ordering=-number") == [second.pk, first.pk, third.pk]
    assert found("radiation_type=proton") == []
