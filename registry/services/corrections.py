"""Requests for correction: asked by those who watch a study, answered by the centre, closed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import CLINICAL_MODELS, CorrectionRequest, Patient, User
from registry.models.choices import CorrectionState
from registry.permissions import may_with_patient, require_case_entry
from registry.roles import Action
from registry.scope import system_scope
from registry.services.no_names import checked_text

MODEL = "correction_request"


def may_ask(user: User, patient: Patient) -> bool:
    """True when the person may ask for corrections in a study that the patient is in today."""
    return may_with_patient(user, Action.ASK_CORRECTIONS, patient)


def ask(
    *,
    patient: Patient,
    question: str,
    by: User,
    entity: str = "patient",
    row_id: int | None = None,
    field: str = "",
) -> CorrectionRequest:
    """Ask the patient's centre about a row, or about the patient as a whole.

    Raises:
        PermissionDenied: the person does not watch a study that the patient is in.
        Refused: the question is empty or names the patient, or there is no such row.
    """
    if not may_ask(by, patient):
        raise PermissionDenied(_("You do not ask for corrections of this patient."))
    row_id = patient.pk if row_id is None else row_id
    question = checked_text(
        question,
        patient=patient,
        by=by,
        model=MODEL,
        field="question",
        empty=_("Say what is to be corrected or checked."),
    )
    with system_scope(), recorded(by=by):
        if not _is_row_of(patient, entity, row_id):
            raise Refused([_finding("entity", _("The patient has no such row: choose another."))])
        request = CorrectionRequest(
            patient=patient,
            entity=entity,
            row_id=row_id,
            field=field,
            question=question,
            asked_by=by,
            asked_at=timezone.now(),
        )
        request.save(force_insert=True)
    return request


def answer(request: CorrectionRequest, *, text: str, by: User) -> CorrectionRequest:
    """The centre answers an open question.

    Raises:
        PermissionDenied: the person does not enter cases at the patient's centre.
        Refused: the answer is empty or names the patient, or the question was answered or closed
            meanwhile.
    """
    require_case_entry(by, request.patient.centre_id)
    text = checked_text(
        text,
        patient=request.patient,
        by=by,
        model=MODEL,
        field="answer",
        empty=_("Say what was corrected, or why the value is right."),
    )
    values = {"answer": text, "answered_by": by, "answered_at": timezone.now()}
    return _move(request, CorrectionState.OPEN, CorrectionState.ANSWERED, by=by, **values)


def close(request: CorrectionRequest, *, by: User) -> CorrectionRequest:
    """The person who asked is content with the answer.

    Raises:
        PermissionDenied: somebody else asked.
        Refused: the question has no answer yet, or was closed meanwhile.
    """
    if request.asked_by_id != by.pk or not by.is_active:
        raise PermissionDenied(_("Only the person who asked closes a request."))
    values = {"closed_at": timezone.now()}
    return _move(request, CorrectionState.ANSWERED, CorrectionState.CLOSED, by=by, **values)


def _move(
    request: CorrectionRequest, before: str, after: str, *, by: User, **values: object
) -> CorrectionRequest:
    """One state on; the condition on the state is the lock between two persons."""
    with system_scope(), recorded(by=by):
        rows = CorrectionRequest.objects.filter(pk=request.pk, state=before)
        if not rows.update(state=after, **values):
            message = _("Somebody else has answered or closed this request: load the page again.")
            raise Refused([_finding("state", message)])
        request.refresh_from_db()
    return request


def _is_row_of(patient: Patient, entity: str, row_id: int) -> bool:
    model = {model.entity(): model for model in CLINICAL_MODELS}.get(entity)
    # The identity is nobody's business outside of the centre, and a screening may have no patient.
    if model is None or entity in ("identity", "screening"):
        return False
    if model is Patient:
        return row_id == patient.pk
    rows: QuerySet[Any] = model._base_manager.filter(**{model.patient_path: patient})
    return rows.filter(pk=row_id, voided_at__isnull=True).exists()


def _finding(field: str, message: str) -> Finding:
    return Finding("correction", "impossible", message, MODEL, None, field)
