"""What people do with a patient as a whole: register, enrol, withdraw, record death and loss."""

from __future__ import annotations

from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import (
    Centre,
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
from registry.scope import system_scope
from registry.services import records
from registry.services.identity_index import family_name_index, record_number_index


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
    return records.create(
        Patient,
        by=by,
        centre=centre,
        pseudonym=pseudonym,
        sex=sex,
        birth_date=birth_date,
        missing=missing or {},
    )


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
    index = record_number_index(record_number, patient.centre)
    with system_scope():
        taken = index is not None and Identity.objects.filter(record_number_index=index).exists()
    if taken:
        message = _("another patient of this centre has this record number")
        raise Refused([Finding("record-number", "impossible", message, "identity", None, "")])
    return records.create(
        Identity,
        by=by,
        patient=patient,
        family_name=family_name,
        given_names=given_names,
        record_number=record_number,
        contact=contact,
        record_number_index=index,
        family_name_index=family_name_index(family_name, patient.centre),
    )


def enrol_patient(
    *,
    patient: Patient,
    study: Study,
    by: User | None,
    enrolled_on: PartialDate | None = None,
    consent_on: PartialDate | None = None,
    consent_version: str = "",
) -> Enrolment:
    """The patient enters the study under the newest version of its protocol.

    Raises:
        Refused: the patient's centre does not take part, or the patient is in the study already.
    """
    if not study.participations.filter(centre_id=patient.centre_id).exists():
        message = _("the patient's centre does not take part in {study}").format(study=study.key)
        raise Refused([Finding("participation", "impossible", message, "enrolment")])
    return records.create(
        Enrolment,
        by=by,
        patient=patient,
        study=study,
        protocol_version=study.protocol_version(),
        enrolled_on=enrolled_on,
        consent_on=consent_on,
        consent_version=consent_version,
    )


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
