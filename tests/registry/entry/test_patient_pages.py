"""The forms of a patient as a person: sex and birth date, identity, consent and enrolment."""

from __future__ import annotations

import pytest
from django.urls import reverse

from registry import keyring
from registry.models import Enrolment, Identity, Patient, Screening
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    CourseFactory,
    IdentityFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    coordinator,
    data_manager,
)

NAMES = {
    "identity-version": "1",
    "identity-family_name": "Canary-Family",
    "identity-given_names": "Canary-Given",
    "identity-record_number": "CN 12",
}


def study_of(desk):
    """The study that the patient of the desk is in."""
    with system_scope():
        return Enrolment.objects.select_related("study").get(patient=desk.patient).study


def test_sex_and_birth_date_are_corrected_for_a_reason(desk):
    CourseFactory.create(patient=desk.patient, number=1)
    fields = desk.opened("patient", "1") | {"patient-birth_date": "1961-05"}

    refused = desk.send("patient", "1", fields)
    done = desk.send("patient", "1", fields | {"reason-code": "source_corrected"})

    assert refused.status_code == 422
    assert "1960-05-17" in refused.content.decode()
    assert done.status_code == 302
    patient = Patient.objects.visible_to(desk.user).get()
    assert (patient.birth_date, patient.version) == (PartialDate(1961, 5), 2)


def test_the_age_at_each_course_follows_the_birth_date(desk):
    """Born on 16 January 1960, irradiated from 15 January 2024: a day before the 64th birthday."""
    CourseFactory.create(patient=desk.patient, number=1, started_on="2024-01-15")
    fields = desk.opened("patient", "1") | {"patient-birth_date": "1960-01-16"}

    assert "<dt>Course 1</dt><dd>63</dd>" in desk.live("patient", "1", fields).content.decode()


def test_an_identity_is_recorded_with_the_indexes_that_find_it(desk):
    assert desk.send("identity", "1", NAMES).status_code == 302

    identity = Identity.objects.visible_to(desk.user).get()
    code = desk.patient.centre.code
    assert (identity.patient, identity.family_name) == (desk.patient, "Canary-Family")
    assert identity.record_number_index == keyring.blind_index("cn12", centre_code=code)
    assert identity.family_name_index == keyring.name_index("Canary-Family", centre_code=code)


def test_a_corrected_name_is_shown_without_its_index(desk):
    IdentityFactory.create(patient=desk.patient, record_number="CN 12")
    fields = desk.opened("identity", "1") | {"identity-record_number": "CN 13"}

    page = desk.send("identity", "1", fields).content.decode()
    done = desk.send("identity", "1", fields | {"reason-code": "typing_error"})

    assert "CN 12</del>" in page
    assert "blind index" not in page
    assert done.status_code == 302
    identity = Identity.objects.visible_to(desk.user).get()
    code = desk.patient.centre.code
    assert identity.record_number_index == keyring.blind_index("CN13", centre_code=code)


def test_a_record_number_of_another_patient_is_refused_at_its_field(desk):
    other = PatientFactory.create(centre=desk.patient.centre)
    IdentityFactory.create(patient=other, record_number="cn12")

    answer = desk.send("identity", "1", NAMES)

    assert answer.status_code == 422
    assert 'href="#id_identity-record_number"' in answer.content.decode()
    assert Identity.objects.visible_to(desk.user).count() == 1


def test_a_blank_identity_is_not_written(desk):
    desk.send("identity", "1", desk.opened("identity", "1"))

    assert not Identity.objects.visible_to(desk.user).exists()


@pytest.mark.parametrize("form", ["identity", "patient", "enrolment"])
def test_outside_the_centre_nobody_reads_or_writes_it(desk, client, form):
    IdentityFactory.create(patient=desk.patient)
    study = study_of(desk)
    key = study.key if form == "enrolment" else "1"
    outsiders = {coordinator(study): 403, data_manager(PatientFactory.create().centre): 404}

    for person, status in outsiders.items():
        client.force_login(person)
        for answer in (
            client.get(desk.address(form, key)),
            client.post(desk.address(form, key), NAMES),
            desk.live(form, key, NAMES),
        ):
            assert answer.status_code == status
            assert b"Canary" not in answer.content

    assert Identity.objects.visible_to(desk.user).get().version == 1


def test_consent_is_recorded_beside_the_screening(desk):
    study = study_of(desk)
    fields = desk.opened("enrolment", study.key) | {
        "enrolment-consent_version": "3.0",
        "screening-screened_on": "2023-11-20",
    }

    assert desk.send("enrolment", study.key, fields).status_code == 302

    with system_scope():
        enrolment, screening = Enrolment.objects.get(), Screening.objects.get()
    assert (enrolment.consent_version, enrolment.version) == ("3.0", 2)
    assert (screening.patient, screening.study) == (desk.patient, study)
    assert (screening.outcome, screening.screened_on) == ("enrolled", PartialDate(2023, 11, 20))


def test_without_a_screening_none_is_made(desk):
    study = study_of(desk)
    fields = desk.opened("enrolment", study.key) | {"enrolment-consent_version": "3.0"}

    desk.send("enrolment", study.key, fields)

    assert not Screening.objects.visible_to(desk.user).exists()


def test_an_enrolment_before_the_screening_is_refused(desk):
    study = study_of(desk)
    fields = desk.opened("enrolment", study.key) | {"screening-screened_on": "2024-06-01"}

    answer = desk.send("enrolment", study.key, fields)

    assert answer.status_code == 422
    assert "after the enrolment" in answer.content.decode()


def test_a_patient_enters_a_further_study_of_the_centre(desk):
    second = ProtocolVersionFactory.create(study__key="cams")
    assert desk.client.get(desk.address("enrolment", "cams")).status_code == 404
    ParticipationFactory.create(study=second.study, centre=desk.patient.centre)
    ScreeningFactory.create(study=second.study, centre=desk.patient.centre, number=4)

    first = desk.client.get(desk.address("enrolment", study_of(desk).key)).content.decode()
    assert reverse("registry:enter", args=["enrolment", "cams", desk.patient.pseudonym]) in first
    fields = desk.opened("enrolment", "cams") | {
        "enrolment-consent_on": "2024-05-02",
        "enrolment-enrolled_on": "2024-05-03",
        "screening-screened_on": "2024-05-01",
    }
    assert desk.send("enrolment", "cams", fields).status_code == 302

    with system_scope():
        enrolment = Enrolment.objects.get(study=second.study)
        screening = Screening.objects.get(patient=desk.patient)
    assert (enrolment.patient, enrolment.protocol_version) == (desk.patient, second)
    assert (screening.study, screening.number) == (second.study, 5)
