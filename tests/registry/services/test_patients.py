"""What people do with a patient as a whole."""

import pytest

from registry.errors import Refused
from registry.models import Identity, LossToFollowUp, Patient
from registry.models.choices import WithdrawalScope
from registry.partial_date import PartialDate
from registry.services import patients
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    data_manager,
)

pytestmark = pytest.mark.django_db

day = PartialDate.parse


def test_a_patient_is_found_by_record_number_in_the_own_centre() -> None:
    centre = CentreFactory.create()
    person = data_manager(centre)
    patient = patients.register_patient(centre=centre, pseudonym="P-1", by=person, sex="male")

    identity = patients.record_identity(patient=patient, by=person, record_number="AB 123")

    assert identity.record_number_index is not None
    assert list(Identity.objects.visible_to(person)) == [identity]


def test_a_record_number_is_taken_once_per_centre() -> None:
    patient = PatientFactory.create()
    patients.record_identity(patient=patient, by=None, record_number="AB 123")
    twin = PatientFactory.create(centre=patient.centre)

    with pytest.raises(Refused, match="record number") as refusal:
        patients.record_identity(patient=twin, by=None, record_number="ab123")
    assert "123" not in str(refusal.value)

    elsewhere = patients.record_identity(
        patient=PatientFactory.create(), by=None, record_number="AB 123"
    )
    assert elsewhere.pk


def test_identities_without_record_number_do_not_collide() -> None:
    for patient in PatientFactory.create_batch(2):
        assert patients.record_identity(patient=patient, by=None, family_name="X").pk


def test_enrolment_is_under_the_newest_protocol_version() -> None:
    first = ProtocolVersionFactory.create()
    second = ProtocolVersionFactory.create(study=first.study, number=2)
    patient = PatientFactory.create()
    ParticipationFactory.create(study=first.study, centre=patient.centre)

    enrolment = patients.enrol_patient(patient=patient, study=first.study, by=None)

    assert enrolment.protocol_version == second


def test_a_centre_that_takes_no_part_enrols_nobody() -> None:
    study = ProtocolVersionFactory.create().study

    with pytest.raises(Refused, match="does not take part"):
        patients.enrol_patient(patient=PatientFactory.create(), study=study, by=None)


def test_withdrawal_says_when_and_from_what() -> None:
    enrolment = EnrolmentFactory.create()

    patients.withdraw_patient(
        enrolment=enrolment,
        withdrawn_on=day("2025-02"),
        scope=WithdrawalScope.VISITS,
        by=None,
        reason="no more travelling",
        version=1,
    )

    assert str(enrolment.withdrawn_on) == "2025-02"
    assert enrolment.withdrawal_scope == "visits"


def test_a_lost_patient_can_be_found_again_and_lost_again() -> None:
    patient = PatientFactory.create()

    def lose(on: str) -> LossToFollowUp:
        return patients.declare_lost(
            patient=patient,
            declared_on=day(on),
            last_known_alive_on=None,
            attempts="two letters",
            by=None,
        )

    first = lose("2025-02-01")
    with pytest.raises(Refused):
        lose("2025-03-01")
    patients.find_again(loss=first, found_again_on=day("2025-04-01"), by=None, version=1)
    second = lose("2026-01-01")

    assert (first.number, second.number) == (1, 2)


def test_two_patients_of_one_pseudonym_are_refused() -> None:
    patient = PatientFactory.create()

    with pytest.raises(Refused):
        patients.register_patient(centre=patient.centre, pseudonym=patient.pseudonym, by=None)
    assert Patient.objects.visible_to(data_manager(patient.centre)).count() == 1
