"""Messages about a case: sent by those who steer a study, answered by the centre, settled.

A thread is a first message with its answers. Whoever sent the first is one side of it, the
patient's centre the other; what one side writes waits on the list of the other until it is
settled, which an answer does too.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import CaseMessage, Patient, User
from registry.permissions import may_enter_cases, may_with_patient, require_with_patient
from registry.roles import Action
from registry.scope import system_scope
from registry.services.no_names import checked_text

MODEL = "case_message"

FROM_SENDER = Q(reply_to__isnull=True) | Q(by=F("reply_to__by"))
"""Condition: written by whoever began the thread; it waits for the centre."""


def send(*, patient: Patient, text: str, by: User) -> CaseMessage:
    """Begin a thread about the case.

    Raises:
        PermissionDenied: the person steers no study that the patient is in.
        Refused: the text is empty, too long or names the patient.
    """
    require_with_patient(by, Action.SEND_MESSAGES, patient)
    return _write(patient, text, by=by, reply_to=None)


def may_answer(user: User, message: CaseMessage) -> bool:
    """True for the patient's centre, and for whoever began the thread and may still send."""
    if may_enter_cases(user, message.patient.centre_id):
        return True
    return _is_sender(user, message) and may_with_patient(
        user, Action.SEND_MESSAGES, message.patient
    )


def answer(message: CaseMessage, *, text: str, by: User) -> CaseMessage:
    """Write on in the thread; what the other side wrote before is settled by it.

    Raises:
        PermissionDenied: the person is on neither side of the thread.
        Refused: as for :func:`send`.
    """
    if not may_answer(by, message):
        raise PermissionDenied(_("You do not answer this message."))
    first = message.reply_to or message
    written = _write(message.patient, text, by=by, reply_to=first)
    return written


def settle(message: CaseMessage, *, by: User) -> None:
    """Take what the other side wrote in the thread off the reader's list.

    Raises:
        PermissionDenied: the person is on neither side of the thread.
        Refused: nothing of it waits any more.
    """
    if not may_answer(by, message):
        raise PermissionDenied(_("This message does not wait for you."))
    with system_scope(), recorded(by=by):
        if not _settle(message.reply_to or message, by=by):
            raise Refused([_finding(_("This message was settled meanwhile."))])


def _write(patient: Patient, text: str, *, by: User, reply_to: CaseMessage | None) -> CaseMessage:
    text = checked_text(
        text, patient=patient, by=by, model=MODEL, field="text", empty=_("Write the message.")
    )
    with system_scope(), recorded(by=by):
        message = CaseMessage(
            patient=patient, text=text, reply_to=reply_to, by=by, at=timezone.now()
        )
        message.save(force_insert=True)
        if reply_to is not None:
            _settle(reply_to, by=by)
    return message


def _settle(first: CaseMessage, *, by: User) -> int:
    """How many messages of the other side were waiting."""
    thread = CaseMessage.objects.filter(Q(pk=first.pk) | Q(reply_to=first), seen_at__isnull=True)
    side = ~Q(by=first.by_id) if first.by_id == by.pk else Q(by=first.by_id)
    return thread.filter(side).update(seen_by=by, seen_at=timezone.now())


def _is_sender(user: User, message: CaseMessage) -> bool:
    return (message.reply_to or message).by_id == user.pk


def _finding(message: str) -> Finding:
    return Finding("message", "impossible", message, MODEL)
