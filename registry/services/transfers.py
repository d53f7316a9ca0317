"""Patients go from centre to centre by a handshake: offered with a reason, accepted or refused.

Acceptance is one step: with the patient go the case, the duties and the messages. What the old
hospital calls the patient (its record number) stays behind, and so does everything that its people
could still read or had begun to type.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.announce import announce
from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import (
    Centre,
    Enrolment,
    Identity,
    Participation,
    Patient,
    Transfer,
    User,
)
from registry.models.choices import TransferState
from registry.permissions import require_at_centre, require_with_patient
from registry.roles import Action
from registry.scope import system_scope
from registry.services import drafts, records, registration, status, temporary_access
from registry.services.mark_upkeep import marks_in_force
from registry.services.no_names import checked_text
from registry.services.records import RowWrite

MODEL = "transfer"


def possible_centres(patient: Patient) -> QuerySet[Centre]:
    """Other centres that take part in every study in which the patient is and stays."""
    with system_scope():
        studies = Enrolment.objects.live().filter(patient=patient, withdrawn_on__isnull=True)
        centres = Centre.objects.exclude(pk=patient.centre_id)
        for study in studies.values_list("study_id", flat=True):
            part = Participation.objects.filter(centre=OuterRef("pk"), study=study)
            centres = centres.filter(Exists(part))
    return centres


def offer(*, patient: Patient, to_centre: Centre, reason: str, by: User) -> Transfer:
    """The patient's centre offers the patient to another one.

    Raises:
        PermissionDenied: the person does not transfer patients at the patient's centre.
        Refused: there is no reason, the patient is on offer already, a form is locked, or the
            other centre does not take part in the patient's studies.
    """
    require_with_patient(by, Action.TRANSFER_PATIENTS, patient)
    reason = checked_text(
        reason,
        patient=patient,
        by=by,
        model=MODEL,
        field="reason",
        empty=_("Say why the patient is transferred."),
    )
    with system_scope(), recorded(by=by, reason=reason):
        locked = _lock(patient)
        require_with_patient(by, Action.TRANSFER_PATIENTS, locked)
        if Transfer.objects.filter(patient=locked, state=TransferState.OFFERED).exists():
            raise Refused([_finding(_("The patient is on offer already: withdraw that first."))])
        _refuse_unfit(locked, to_centre)
        transfer = Transfer(
            patient=locked,
            from_centre=locked.centre,
            to_centre=to_centre,
            reason=reason,
            offered_by=by,
            offered_at=timezone.now(),
        )
        transfer.save(force_insert=True)
    return transfer


def withdraw(transfer: Transfer, *, reason: str, by: User) -> Transfer:
    """The offering centre takes the offer back.

    Raises:
        PermissionDenied: the person does not transfer patients at the offering centre.
        Refused: there is no reason, or the offer was answered or withdrawn meanwhile.
    """
    require_at_centre(by, Action.TRANSFER_PATIENTS, transfer.from_centre_id)
    return _decline(transfer, TransferState.WITHDRAWN, reason, by)


def refuse(transfer: Transfer, *, reason: str, by: User) -> Transfer:
    """The receiving centre does not take the patient.

    Raises:
        PermissionDenied: the person does not transfer patients at the receiving centre.
        Refused: there is no reason, or the offer was answered or withdrawn meanwhile.
    """
    require_at_centre(by, Action.TRANSFER_PATIENTS, transfer.to_centre_id)
    return _decline(transfer, TransferState.REFUSED, reason, by)


def accept(transfer: Transfer, *, by: User, record_number: str = "") -> Transfer:
    """The receiving centre takes the patient: access and open duties move in one step.

    Args:
        record_number: the receiving hospital's own number; "" when it has none yet.

    Raises:
        PermissionDenied: the person does not transfer patients at the receiving centre.
        Refused: the offer was answered or withdrawn meanwhile, the patient does not fit any more,
            or the centre has another patient with this record number.
    """
    require_at_centre(by, Action.TRANSFER_PATIENTS, transfer.to_centre_id)
    with system_scope(), recorded(by=by, reason=transfer.reason):
        patient = _lock(transfer.patient)
        _answer(transfer, TransferState.ACCEPTED, by=by)
        _refuse_unfit(patient, transfer.to_centre)
        _move(patient, transfer.to_centre)
        _hand_over_identity(patient, record_number.strip(), by, transfer.reason)
        temporary_access.end_after_transfer(patient, left=transfer.from_centre, by=by)
        drafts.forget_patient(patient)
        status.refresh_patient(patient)
        announce([patient.pk])
    return transfer


def _decline(transfer: Transfer, state: TransferState, reason: str, by: User) -> Transfer:
    reason = checked_text(
        reason,
        patient=transfer.patient,
        by=by,
        model=MODEL,
        field="answer",
        empty=_("Say why."),
    )
    with system_scope(), recorded(by=by, reason=reason):
        _lock(transfer.patient)
        _answer(transfer, state, by=by, answer=reason)
    return transfer


def _lock(patient: Patient) -> Patient:
    """The patient as stored; who answers or writes at the same time waits.

    Without a join: PostgreSQL finds no row where the centre changed while it waited.
    """
    locked: Patient = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    return locked


def _answer(transfer: Transfer, state: TransferState, *, by: User, answer: str = "") -> None:
    """One state on; the condition on the state is the lock between two persons."""
    held = Transfer.objects.filter(pk=transfer.pk, state=TransferState.OFFERED)
    values = {"state": state, "answer": answer, "answered_by": by, "answered_at": timezone.now()}
    if not held.update(**values):
        message = _("This offer was answered or withdrawn meanwhile: load the page again.")
        raise Refused([_finding(message)])
    transfer.refresh_from_db()


def _refuse_unfit(patient: Patient, to_centre: Centre) -> None:
    """Why the patient cannot go there now."""
    if patient.is_void:
        raise Refused([_finding(_("The patient was taken back."))])
    if marks_in_force([patient.pk]).locks:
        message = _("The case or a form of it is locked: a coordinator of the study unlocks it.")
        raise Refused([_finding(message)])
    if not possible_centres(patient).filter(pk=to_centre.pk).exists():
        message = _("{centre} does not take part in every study of the patient.")
        raise Refused([_finding(message.format(centre=to_centre.name), "to_centre")])


def _move(patient: Patient, to_centre: Centre) -> None:
    held = Patient.objects.filter(pk=patient.pk, version=patient.version)
    if not held.update(centre=to_centre, version=patient.version + 1):
        raise Refused([_finding(_("The patient was changed meanwhile: load the page again."))])
    patient.refresh_from_db()


def _hand_over_identity(patient: Patient, record_number: str, by: User, reason: str) -> None:
    """The name goes with the patient; the number is the new hospital's, or none.

    The indexes are keyed by the centre, so they are written anew even where nothing else changes.
    """
    identity = Identity.objects.filter(patient=patient).first()
    if identity is None and not record_number:
        return
    version = None if identity is None else identity.version
    identity = identity or Identity()
    identity.patient = patient
    identity.record_number = record_number
    identity.missing = {k: why for k, why in identity.missing.items() if k != "record_number"}
    refused = registration.refusals([identity])
    if refused:
        raise Refused(refused)
    records.write([RowWrite(identity, version)], by=by, reason=reason)


def _finding(message: str, field: str = "") -> Finding:
    return Finding(MODEL, "impossible", message, MODEL, None, field)
