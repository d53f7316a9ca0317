"""What every write owes to the marks of forms: it keeps off locks, and ends what no longer holds.

A lock refuses changed, voided and new rows of its form. A verification or signature of a form that
was changed is ended; it stays in the history.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.case import load_cases
from registry.case_forms import FORM_MODELS, FormKey, root_of, whole_case
from registry.errors import Finding, Refused
from registry.models import ClinicalRow, FormMark, Patient, User
from registry.models.choices import MarkKind
from registry.models.marks import WHOLE_CASE
from registry.selectors.row_words import row_words
from registry.signatures import digest_of


@dataclass(frozen=True)
class MarksInForce:
    """Marks in force of some patients, by the patient's key."""

    locks: dict[int, dict[FormKey, FormMark]] = field(default_factory=lambda: defaultdict(dict))
    said: dict[int, list[FormMark]] = field(default_factory=lambda: defaultdict(list))

    def lock_on(self, row: ClinicalRow, patient: Patient) -> FormMark | None:
        """The lock that refuses a write of this row, saved or new."""
        locks = self.locks.get(patient.pk)
        if not locks or type(row) not in FORM_MODELS:
            return None
        root = root_of(row)
        return locks.get(whole_case(patient)) or locks.get(FormKey(root.entity(), root.pk))


def marks_in_force(patient_ids: Iterable[int]) -> MarksInForce:
    """Read the marks in force of these patients, by one query; none for no patient."""
    found = MarksInForce()
    keys = list(patient_ids)
    if not keys:
        return found
    for mark in FormMark.objects.filter(patient__in=keys, ended_at=None).select_related("by"):
        if mark.kind == MarkKind.LOCKED:
            found.locks[mark.patient_id][FormKey(mark.entity, mark.row_id)] = mark
        else:
            found.said[mark.patient_id].append(mark)
    return found


def locked_finding(row: ClinicalRow, lock: FormMark, name: str = "") -> Finding:
    """Why a row is not written: which form is locked, by whom and since when."""
    number = getattr(row, "number", None)
    return Finding("locked", "impossible", lock_words(lock, row), row.entity(), number, name, row)


def lock_words(lock: FormMark, row: ClinicalRow) -> str:
    """The lock in a sentence."""
    form = _("The whole case") if lock.entity == WHOLE_CASE else row_words(root_of(row))
    words = _("{form} was locked by {person} on {day}. A coordinator of the study unlocks it.")
    return words.format(
        form=form, person=lock.by or _("the installation"), day=timezone.localdate(lock.at)
    )


def refuse_locked(rows: Iterable[ClinicalRow], patient: Patient, held: MarksInForce) -> None:
    """Refuse rows of locked forms.

    Raises:
        Refused: names every such row.
    """
    locked = [(row, held.lock_on(row, patient)) for row in rows]
    findings = [locked_finding(row, lock) for row, lock in locked if lock is not None]
    if findings:
        raise Refused(findings)


def end_changed(held: MarksInForce, patient_ids: Iterable[int], *, by: User | None) -> None:
    """End the verifications and signatures whose form is no longer what it was.

    Reads the cases anew, and only those of patients who have such marks.
    """
    marked = [key for key in patient_ids if key in held.said]
    if not marked:
        return
    for case in load_cases(Patient.objects.filter(pk__in=marked)):
        changed = [
            mark.pk
            for mark in held.said[case.patient.pk]
            if mark.content_sha256 != digest_of(case, FormKey(mark.entity, mark.row_id))
        ]
        end_marks(changed, by=by, reason=_("The form was changed."))


def end_marks(keys: Iterable[int], *, by: User | None, reason: str) -> int:
    """End these marks where they are in force; says how many were."""
    standing = FormMark.objects.filter(pk__in=list(keys), ended_at=None)
    return standing.update(ended_at=timezone.now(), ended_by=by, end_reason=reason)
