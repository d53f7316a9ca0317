"""Marks on forms and whole cases: source data verified, locked, signed.

Each is made and ended by a person, recorded, and kept when it is ended. See
docs/decisions/0023-marks-are-bound-to-content.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.audit import recorded
from registry.case import Case, load_case
from registry.case_forms import FormKey, first_rows, key_of, whole_case
from registry.completeness import FORM_OF, form_states
from registry.errors import Finding, Refused
from registry.models import CaseStatus, FormMark, Patient, User
from registry.models.choices import FormState, MarkKind
from registry.permissions import actions_of, may_with_patient, require_with_patient
from registry.roles import Action
from registry.scope import system_scope
from registry.services import status
from registry.services.confirmations import open_findings
from registry.services.mark_upkeep import end_changed, end_marks, marks_in_force
from registry.signatures import code_of, digest_of

Meanings = Mapping[str, str | Promise]

FORM_MEANINGS: Meanings = {
    "reviewed": gettext_lazy(
        "I have reviewed this form against the source data and it is complete and correct."
    ),
    "responsible": gettext_lazy("I take responsibility for what this form states."),
}
"""What the signature of a form may mean."""

CASE_MEANINGS: Meanings = {
    "reviewed": gettext_lazy(
        "I have reviewed this case against the source data and it is complete and correct."
    ),
    "responsible": gettext_lazy("I take responsibility for what this case states."),
}
"""What the signature of a whole case may mean."""


@dataclass(frozen=True)
class MayMark:
    """What a person may do with the marks of a patient."""

    verify: bool = False
    lock: bool = False
    sign: bool = False


def may_mark(user: User, patient: Patient) -> MayMark:
    """What of it this person may do here; one query for people who do none of it anywhere."""
    anywhere = actions_of(user)

    def may(action: Action) -> bool:
        return action in anywhere and may_with_patient(user, action, patient)

    return MayMark(may(Action.VERIFY_SOURCE), may(Action.LOCK_FORMS), may(Action.SIGN_FORMS))


def meanings_of(key: FormKey) -> Meanings:
    """The sentences that a form, or a whole case, may be signed with."""
    return CASE_MEANINGS if key.is_whole_case else FORM_MEANINGS


def verify(patient: Patient, key: FormKey, *, by: User) -> FormMark:
    """A monitor has compared the form with the source data.

    Raises:
        PermissionDenied: the person does not verify source data of this patient.
        Refused: there is no such form, or it is verified already.
    """
    with _marking(patient, key, Action.VERIFY_SOURCE, by) as case:
        return _mark(case, key, MarkKind.VERIFIED, by=by)


def withdraw_verification(patient: Patient, key: FormKey, *, by: User) -> None:
    """The form counts as verified no more.

    Raises:
        PermissionDenied: the person does not verify source data of this patient.
        Refused: it is not verified.
    """
    with _marking(patient, key, Action.VERIFY_SOURCE, by):
        _end(patient, key, MarkKind.VERIFIED, by=by, reason=_("The verification was withdrawn."))


def lock(patient: Patient, key: FormKey, *, by: User) -> FormMark:
    """Nobody writes the form any more, complete or not, until it is unlocked.

    Raises:
        PermissionDenied: the person does not lock forms of this patient.
        Refused: there is no such form, or it is locked already.
    """
    with _marking(patient, key, Action.LOCK_FORMS, by) as case:
        mark = _mark(case, key, MarkKind.LOCKED, by=by)
        status.refresh([status.check(case)])
    return mark


def unlock(patient: Patient, key: FormKey, *, by: User, reason: str) -> None:
    """The form may be written again.

    Raises:
        PermissionDenied: the person does not lock forms of this patient.
        Refused: no reason is given, or the form itself is not locked.
    """
    with _marking(patient, key, Action.LOCK_FORMS, by, reason) as case:
        if not reason.strip():
            raise Refused([_finding("reason", _("Say why the form is unlocked."))])
        _end(patient, key, MarkKind.LOCKED, by=by, reason=reason.strip())
        status.refresh([status.check(case)])


def sign(patient: Patient, key: FormKey, *, by: User, meaning: str) -> FormMark:
    """An investigator signs the form as it is; the caller has asked for fresh credentials.

    Args:
        meaning: a key of :func:`meanings_of`.

    Raises:
        PermissionDenied: the person does not sign forms of this patient.
        Refused: there is no such form, it is not complete, the person has signed it already, or
            the meaning is none of the list.
    """
    with _marking(patient, key, Action.SIGN_FORMS, by) as case:
        sentence = meanings_of(key).get(meaning)
        if sentence is None:
            raise Refused([_finding("meaning", _("Choose what your signature means."))])
        open_items = left_open(case, key)
        if open_items:
            raise Refused(open_items)
        return _mark(case, key, MarkKind.SIGNED, by=by, meaning=str(sentence))


def left_open(case: Case, key: FormKey) -> list[Finding]:
    """What keeps a form, or a whole case, from being complete as the status grid understands it.

    Required items without value and reason, unlikely values that nobody confirmed, and for a case
    the forms that are missing.
    """
    _case, findings = status.check(case)
    unlikely = open_findings(findings, case.patient)
    shown = [one for one in findings if one.severity != "unlikely"] + unlikely
    if not key.is_whole_case:
        return [one for one in shown if one.row is not None and key_of(one.row) == key]
    explained = {FORM_OF.get(one.model) for one in shown}
    for form, state in form_states(case, shown).items():
        if state in (FormState.MISSING, FormState.PARTIAL) and form not in explained:
            name = str(CaseStatus._meta.get_field(form).verbose_name)  # type: ignore[union-attr]
            words = f"{name[:1].upper()}{name[1:]}: {state.label.lower()}"
            shown.append(Finding("form-not-complete", "incomplete", words, form))
    return shown


@contextmanager
def _marking(
    patient: Patient, key: FormKey, action: Action, by: User, reason: str = ""
) -> Iterator[Case]:
    """Ask whether the person may, keep writers of the patient out, and read the case."""
    require_with_patient(by, action, patient)
    with system_scope(), recorded(by=by, reason=reason):
        held = Patient.objects.select_for_update(no_key=True).filter(pk=patient.pk)
        case = load_case(held.get())
        if key != whole_case(patient) and key not in first_rows(case):
            raise Refused([_finding("form", _("The patient has no such form."))])
        # What was changed past the services is ended first, so that it can be said anew.
        end_changed(marks_in_force([patient.pk]), [patient.pk], by=by)
        yield case


def _mark(case: Case, key: FormKey, kind: MarkKind, *, by: User, meaning: str = "") -> FormMark:
    mark = FormMark(
        patient=case.patient,
        kind=kind,
        entity=key.entity,
        row_id=key.row_id,
        content_sha256=digest_of(case, key),
        meaning=meaning,
        by=by,
        at=timezone.now(),
    )
    standing = _standing(case.patient, key, kind)
    if kind == MarkKind.SIGNED:
        standing = standing.filter(by=by)
        mark.code = code_of(mark)
    if standing.exists():
        raise Refused([_finding("form", str(_ALREADY[kind]))])
    mark.save(force_insert=True)
    return mark


_ALREADY: Mapping[MarkKind, Promise] = {
    MarkKind.VERIFIED: gettext_lazy("It is verified already."),
    MarkKind.LOCKED: gettext_lazy("It is locked already."),
    MarkKind.SIGNED: gettext_lazy("You have signed it already."),
}


def _end(patient: Patient, key: FormKey, kind: MarkKind, *, by: User, reason: str) -> None:
    standing = _standing(patient, key, kind).values_list("pk", flat=True)
    if not end_marks(standing, by=by, reason=reason):
        raise Refused([_finding("form", _("It is not marked so any more: load the page again."))])


def _standing(patient: Patient, key: FormKey, kind: MarkKind) -> QuerySet[FormMark]:
    return FormMark.objects.filter(
        patient=patient, entity=key.entity, row_id=key.row_id, kind=kind, ended_at=None
    )


def _finding(name: str, message: str) -> Finding:
    return Finding("mark", "impossible", message, "form_mark", None, name)
