"""What people do with a patient as a whole: register, enrol, withdraw, record death and loss."""

from __future__ import annotations

from typing import TypeVar

from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Refused
from registry.models import (
    Centre,
    ClinicalRow,
    Death,
    Enrolment,
    Identity,
    LossToFollowUp,
    Patient,
    Study,
    User,
)
from registry.models.choices import DeathCause, LossReason, WithdrawalScope
from registry.partial_date import PartialDate
from registry.protocol_in_force import day_of_enrolment
from registry.scope import system_scope
from registry.services import records, registration
from registry.services.records import RowWrite

R = TypeVar("R", bound=ClinicalRow)


def register_patient(
    *,
    centre: Centre,
    pseudonym: str,
    by: User | None,
    sex: str = "",
    birth_date: PartialDate | None = None,
    missing: dict[str, str] | None = None,
) -> Patient:
    """A new patient of a centre, without identity.

    Raises:
        Refused, PermissionDenied: as :func:`registry.services.records.create`.
    """
    patient = Patient(
        centre=centre,
        pseudonym=pseudonym,
        sex=sex,
        birth_date=birth_date,
        missing=missing or {},
    )
    return _register(patient, by=by)


def record_identity(
    *,
    patient: Patient,
    by: User | None,
    family_name: str = "",
    given_names: str = "",
    record_number: str = "",
    contact: str = "",
) -> Identity:
    """Who the patient is; kept encrypted, found by record number within the centre.

    Raises:
        Refused: the centre has another patient with this record number.
    """
    identity = Identity(
        patient=patient,
        family_name=family_name,
        given_names=given_names,
        record_number=record_number,
        contact=contact,
    )
    return _register(identity, by=by)


def enrol_patient(
    *,
    patient: Patient,
    study: Study,
    by: User | None,
    enrolled_on: PartialDate | None = None,
    consent_on: PartialDate | None = None,
    consent_version: str = "",
) -> Enrolment:
    """The patient enters the study under the version of its protocol in force that day.

    Raises:
        Refused: the patient's centre does not take part, or the patient is in the study already.
    """
    enrolment = Enrolment(
        patient=patient,
        study=study,
        protocol_version=study.protocol_version(day_of_enrolment(enrolled_on)),
        enrolled_on=enrolled_on,
        consent_on=consent_on,
        consent_version=consent_version,
    )
    return _register(enrolment, by=by)


def _register(row: R, *, by: User | None) -> R:
    refused = registration.refusals([row])
    if refused:
        raise Refused(refused)
    records.write([RowWrite(row)], by=by)
    return row


def withdraw_patient(
    *,
    enrolment: Enrolment,
    withdrawn_on: PartialDate,
    scope: WithdrawalScope,
    by: User | None,
    reason: str,
    version: int,
) -> Enrolment:
    """The patient leaves the study, from visits or altogether."""
    return records.change(
        enrolment,
        by=by,
        reason=reason,
        version=version,
        withdrawn_on=withdrawn_on,
        withdrawal_scope=scope,
        withdrawal_reason=reason,
    )


def record_death(
    *,
    patient: Patient,
    died_on: PartialDate | None,
    by: User | None,
    cause: DeathCause = DeathCause.UNKNOWN,
    cause_text: str = "",
    missing: dict[str, str] | None = None,
) -> Death:
    """The patient died."""
    return records.create(
        Death,
        by=by,
        patient=patient,
        died_on=died_on,
        cause=cause,
        cause_text=cause_text,
        missing=missing or {},
    )


def declare_lost(
    *,
    patient: Patient,
    declared_on: PartialDate,
    last_known_alive_on: PartialDate | None,
    attempts: str,
    by: User | None,
    reason: LossReason = LossReason.NOT_STATED,
) -> LossToFollowUp:
    """A person decides that the patient is lost to follow-up, after the attempts stated."""
    with system_scope(), recorded(by=by):
        number = LossToFollowUp.objects.filter(patient=patient).count() + 1
        return records.create(
            LossToFollowUp,
            by=by,
            patient=patient,
            number=number,
            declared_on=declared_on,
            last_known_alive_on=last_known_alive_on,
            reason=reason,
            attempts=attempts,
        )


def find_again(
    *, loss: LossToFollowUp, found_again_on: PartialDate, by: User | None, version: int
) -> LossToFollowUp:
    """A lost patient is in contact again."""
    return records.change(
        loss,
        by=by,
        reason=_("patient found again"),
        version=version,
        found_again_on=found_again_on,
    )
