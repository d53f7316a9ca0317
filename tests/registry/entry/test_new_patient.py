"""The form for a new patient: screening, patient, identity and enrolment in one step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry import keyring
from registry.models import (
    AuditEvent,
    Centre,
    Draft,
    Enrolment,
    Identity,
    Patient,
    ProtocolVersion,
    Screening,
    User,
)
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    IdentityFactory,
    MembershipFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    coordinator,
    data_manager,
)
from tests.registry.entry.conftest import fields_of

ADDRESS = "/enter/patient/"

ENROLLED = {
    "screening-version": "1",
    "screening-screened_on": "2024-01-08",
    "screening-outcome": "enrolled",
    "patient-version": "1",
    "patient-sex": "male",
    "patient-birth_date": "1961-04-30",
    "identity-version": "1",
    "identity-family_name": "Canary-Family",
    "identity-given_names": "Canary-Given",
    "identity-record_number": "CANARY 77",
    "enrolment-version": "1",
    "enrolment-consent_on": "2024-01-09",
    "enrolment-consent_version": "2.1",
    "enrolment-enrolled_on": "2024-01-10",
}

NOT_ENROLLED = {
    "screening-version": "1",
    "screening-screened_on": "2024-01",
    "screening-outcome": "not_enrolled",
    "screening-reason_not_enrolled": "declined",
}


@dataclass(frozen=True)
class Door:
    """A data manager of a centre that takes part in one study."""

    client: Client
    user: User
    centre: Centre
    version: ProtocolVersion

    def send(self, fields: dict[str, Any], query: str = "", **more: Any) -> Any:
        sent = {
            "submission": str(uuid.uuid4()),
            "screening-study": str(self.version.study.pk),
            **fields,
            **more,
        }
        return self.client.post(ADDRESS + query, sent)


@pytest.fixture
def door(db: None, client: Client) -> Door:
    version = ProtocolVersionFactory.create()
    centre = CentreFactory.create(code="B", name="Centre B")
    ParticipationFactory.create(study=version.study, centre=centre)
    user = data_manager(centre)
    client.force_login(user)
    return Door(client, user, centre, version)


def errors_of(answer: Any) -> str:
    """What stands in the summary above the form."""
    assert answer.status_code == 422
    page = answer.content.decode()
    return str(page[page.index('id="problems"') : page.index("</ul>", page.index('id="problems"'))])


def test_a_patient_is_taken_in_with_one_form(door: Door) -> None:
    answer = door.send(ENROLLED)

    with system_scope():
        patient, screening = Patient.objects.get(), Screening.objects.get()
        enrolment = Enrolment.objects.get()
        assert answer.url == reverse("registry:patient", args=[patient.pseudonym])
        assert (patient.centre, patient.pseudonym) == (door.centre, "JINLING-B-001")
        assert (patient.sex, patient.birth_date) == ("male", PartialDate(1961, 4, 30))
        assert (screening.patient, screening.number, screening.outcome) == (patient, 1, "enrolled")
        assert screening.screened_on == PartialDate(2024, 1, 8)
        assert (enrolment.patient, enrolment.protocol_version) == (patient, door.version)
        assert (enrolment.consent_on, enrolment.consent_version) == (PartialDate(2024, 1, 9), "2.1")
        assert patient.status.screening == "complete"
    identity = Identity.objects.visible_to(door.user).get()
    assert (identity.family_name, identity.record_number) == ("Canary-Family", "CANARY 77")
    assert identity.record_number_index == keyring.blind_index("canary77", centre_code="B")
    assert identity.family_name_index == keyring.name_index("canary-family", centre_code="B")


def test_save_and_next_leads_to_the_baseline(door: Door) -> None:
    answer = door.send(ENROLLED, then="next")

    assert answer.url == "/enter/baseline/new/JINLING-B-001/"
    assert door.client.get(answer.url).status_code == 200


def test_the_next_pseudonym_follows_the_pattern_of_the_centre(door: Door) -> None:
    last = PatientFactory.create(centre=door.centre, pseudonym="STS-B/0099")
    EnrolmentFactory.create(patient=last, protocol_version=door.version)

    shown = door.client.get(ADDRESS).content.decode()
    door.send(ENROLLED)

    assert "STS-B/0100" in shown
    assert Patient.objects.visible_to(door.user).filter(pseudonym="STS-B/0100").exists()


def test_a_pseudonym_of_ones_own_is_kept(door: Door) -> None:
    door.send(ENROLLED, **{"patient-pseudonym": "MY-7"})

    assert Patient.objects.visible_to(door.user).get().pseudonym == "MY-7"


@pytest.mark.parametrize(
    ("pseudonym", "words"),
    [
        ("TAKEN-1", "taken"),
        ("taken-1", "looks like the pseudonym “TAKEN-1”"),
        ("ΤAKEN\u200b-1", "cannot be seen"),
        ("a/../b", "letters, digits"),
        ("x" * 41, "Shorten this to 40 characters"),
    ],
)
def test_a_pseudonym_that_misleads_is_refused_at_its_field(door: Door, pseudonym, words) -> None:
    PatientFactory.create(pseudonym="TAKEN-1")

    summary = errors_of(door.send(ENROLLED, **{"patient-pseudonym": pseudonym}))

    assert "#id_patient-pseudonym" in summary
    assert words in summary
    with system_scope():
        assert Patient.objects.count() == 1
        assert not Screening.objects.exists()


def test_a_record_number_of_the_centre_is_taken_once(door: Door) -> None:
    other = PatientFactory.create(centre=door.centre)
    IdentityFactory.create(patient=other, record_number="CANARY77")

    answer = door.send(ENROLLED)

    assert "#id_identity-record_number" in errors_of(answer)
    assert "another patient of this centre has this record number" in errors_of(answer)
    assert 'value="CANARY 77"' in answer.content.decode()
    with system_scope():
        assert Patient.objects.count() == 1


def test_a_known_record_number_is_told_while_typing(door: Door) -> None:
    IdentityFactory.create(
        patient=PatientFactory.create(centre=door.centre), record_number="CANARY77"
    )

    fields = ENROLLED | {"screening-study": str(door.version.study.pk)}
    shown = door.client.post("/live/patient/", fields).content.decode()

    assert "another patient of this centre has this record number" in shown


def test_without_names_no_identity_is_written(door: Door) -> None:
    blank = {
        name: "" for name in ENROLLED if name.startswith("identity-") and "version" not in name
    }

    assert door.send(ENROLLED | blank).status_code == 302

    assert not Identity.objects.visible_to(door.user).exists()


def test_reasons_stand_for_what_is_not_known(door: Door) -> None:
    fields = {"patient-sex": "unknown", "patient-birth_date": "Refused"}

    assert door.send(ENROLLED | fields).status_code == 302

    patient = Patient.objects.visible_to(door.user).get()
    assert patient.missing == {"sex": "unknown", "birth_date": "refused"}
    assert (patient.sex, patient.birth_date) == ("", None)


def test_of_a_person_who_is_not_enrolled_only_the_screening_is_kept(door: Door) -> None:
    answer = door.send(ENROLLED | NOT_ENROLLED)

    assert answer.url == reverse("registry:screenings")
    assert "still missing" not in door.client.get(answer.url).content.decode()
    screening = Screening.objects.visible_to(door.user).get()
    assert (screening.outcome, screening.reason_not_enrolled) == ("not_enrolled", "declined")
    assert (screening.patient, screening.screened_on) == (None, PartialDate(2024, 1))
    with system_scope():
        assert not Patient.objects.exists()
        assert not Identity.objects.exists()


def test_a_person_is_not_enrolled_for_a_reason(door: Door) -> None:
    summary = errors_of(door.send(NOT_ENROLLED | {"screening-reason_not_enrolled": ""}))

    assert "#id_screening-reason_not_enrolled" in summary
    assert "Choose why the person is not enrolled." in summary


def test_the_reason_is_dropped_when_the_person_is_enrolled_after_all(door: Door) -> None:
    door.send(ENROLLED | {"screening-reason_not_enrolled": "declined"})

    assert Screening.objects.visible_to(door.user).get().reason_not_enrolled == ""


def test_a_screened_person_is_enrolled_later_without_a_reason_for_a_correction(door: Door) -> None:
    waiting = ScreeningFactory.create(
        study=door.version.study, centre=door.centre, number=12, outcome="pending"
    )
    listed = door.client.get(reverse("registry:screenings")).content.decode()
    query = f"?screening={waiting.pk}"
    assert f"{ADDRESS}{query}" in listed

    fields = fields_of(door.client.get(ADDRESS + query).content.decode())
    decided = ENROLLED | {"screening-screened_on": "2023-11-20"}
    answer = door.client.post(ADDRESS + query, fields | decided)

    assert answer.status_code == 302
    waiting = Screening.objects.visible_to(door.user).get()
    assert (waiting.number, waiting.outcome, waiting.version) == (12, "enrolled", 2)
    assert waiting.patient == Patient.objects.visible_to(door.user).get()


def test_changing_a_decision_asks_why(door: Door) -> None:
    declined = ScreeningFactory.create(
        study=door.version.study,
        centre=door.centre,
        outcome="not_enrolled",
        reason_not_enrolled="declined",
    )
    query = f"?screening={declined.pk}"

    assert "Choose why the saved values are changed." in errors_of(door.send(ENROLLED, query))
    answer = door.send(ENROLLED, query, **{"reason-code": "new_information"})

    assert answer.status_code == 302
    patient = Patient.objects.visible_to(door.user).get()
    assert Screening.objects.visible_to(door.user).get(patient=patient) == declined


def test_a_screening_that_led_to_a_patient_is_not_opened_again(door: Door) -> None:
    held = {"study": door.version.study, "centre": door.centre, "outcome": "enrolled"}
    done = ScreeningFactory.create(patient=PatientFactory.create(centre=door.centre), **held)
    elsewhere = ScreeningFactory.create(study=door.version.study)

    for key in (done.pk, elsewhere.pk, "9" * 30, "x"):
        assert door.client.get(f"{ADDRESS}?screening={key}").status_code == 404


def test_only_studies_and_centres_of_the_person_are_offered(door: Door) -> None:
    other = ProtocolVersionFactory.create(study__key="cams").study
    ParticipationFactory.create(study=other)

    page = door.client.get(ADDRESS).content.decode()

    assert other.title not in page
    assert "screening-centre" not in page
    refused = door.send(ENROLLED, **{"screening-study": str(other.pk)})
    assert "#id_screening-study" in errors_of(refused)


def test_a_person_of_two_centres_says_which_one(door: Door) -> None:
    second = CentreFactory.create(code="Z", name="Centre Z")
    MembershipFactory.create(user=door.user, role="data_manager", centre=second)

    assert "#id_screening-centre" in errors_of(door.send(ENROLLED))
    no_part = door.send(ENROLLED, **{"screening-centre": str(second.pk)})
    assert "does not take part" in errors_of(no_part)
    ParticipationFactory.create(study=door.version.study, centre=second)
    assert door.send(ENROLLED, **{"screening-centre": str(second.pk)}).status_code == 302

    assert Patient.objects.visible_to(door.user).get().centre == second


def test_who_enters_no_cases_takes_nobody_in(door: Door, client: Client) -> None:
    client.force_login(coordinator(door.version.study))

    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, ENROLLED).status_code == 403


def test_a_double_click_makes_one_patient(door: Door) -> None:
    once = {"submission": str(uuid.uuid4())}

    first, second = door.send(ENROLLED | once), door.send(ENROLLED | once)

    assert first.url == second.url
    assert Patient.objects.visible_to(door.user).count() == 1


def test_a_screening_number_taken_in_the_same_moment_leaves_the_form_as_it_was(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ScreeningFactory.create(study=door.version.study, centre=door.centre, number=1)
    with monkeypatch.context() as patched:
        patched.setattr("registry.entry.pages.new_patient.next_screening_number", lambda *_: 1)
        answer = door.send(ENROLLED)

    assert "#row-screening" in errors_of(answer)
    page = answer.content.decode()
    assert "Reason for the correction" not in page
    with system_scope():
        assert not Patient.objects.exists()
    assert door.client.post(ADDRESS, fields_of(page)).status_code == 302
    assert Screening.objects.visible_to(door.user).get(number=2).outcome == "enrolled"


def test_an_unfinished_form_is_on_the_list_of_drafts(door: Door) -> None:
    door.client.post("/live/patient/", ENROLLED)

    home = door.client.get(reverse("registry:home"))

    assert home.status_code == 200
    assert f'href="{ADDRESS}"' in home.content.decode()


def test_names_stand_in_no_readable_place(door: Door) -> None:
    fields = ENROLLED | {"screening-study": str(door.version.study.pk)}
    door.client.post("/live/patient/", fields)
    draft = Draft.objects.get()
    assert "Canary-Family" in draft.fields
    assert "Canary-Family" in door.client.get(ADDRESS).content.decode()

    door.send(ENROLLED)

    assert not Draft.objects.exists()
    for event in AuditEvent.objects.all():
        assert "Canary" not in f"{event.old} {event.new}"


def test_the_list_of_screenings_is_cut_to_what_one_asks(door: Door) -> None:
    held = {"study": door.version.study, "centre": door.centre}
    ScreeningFactory.create(**held, number=1, outcome="pending")
    ScreeningFactory.create(
        **held, number=2, outcome="not_enrolled", reason_not_enrolled="too_many_lesions"
    )
    ScreeningFactory.create(study=door.version.study, number=3)

    everything = door.client.get(reverse("registry:screenings")).content.decode()
    cut = door.client.get(
        reverse("registry:screenings"), {"outcome": "not_enrolled"}
    ).content.decode()

    assert "2 persons" in everything
    assert "Enrol or decide" in everything
    assert "1 person." in cut
    assert "Too many lesions" in cut
    assert "Enrol or decide" not in cut
