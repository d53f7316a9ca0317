"""Marks of a patient's forms: as pages, the PDF and the interface for programs show them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from registry.case import Case, load_case
from registry.case_forms import FormKey, first_rows, whole_case
from registry.models import FormMark, Patient
from registry.models.choices import MarkKind
from registry.scope import system_scope
from registry.selectors.row_words import row_words
from registry.signatures import SHOWN_DIGITS, digest_of, is_authentic


@dataclass(frozen=True)
class ShownMark:
    """A mark with what can be said of it today.

    Attributes:
        form: the form it is on.
        words: that form in words, "Course 1" or "Whole case".
        number: of the form's first row within the patient, where it has one.
        is_intact: nothing of the mark was altered, and the form holds what it held when it was
            marked. False for a signature that was copied here, and after every change.
    """

    mark: FormMark
    form: FormKey
    words: str
    number: int | None
    is_intact: bool

    @property
    def in_force(self) -> bool:
        """True until the mark is ended, by a person or by a change of the form."""
        return self.mark.ended_at is None

    @property
    def holds(self) -> bool:
        """True for a mark in force that says something of the form as it is now."""
        return self.in_force and self.is_intact

    @property
    def digest(self) -> str:
        """The first digits of the digest of the content, to compare two print-outs."""
        return self.mark.content_sha256[:SHOWN_DIGITS]


@dataclass(frozen=True)
class PatientMarks:
    """All marks of a patient, oldest first."""

    shown: list[ShownMark] = field(default_factory=list)

    def of(self, key: FormKey) -> list[ShownMark]:
        """Marks in force of one form."""
        return [one for one in self.shown if one.form == key and one.in_force]

    def own_lock_of(self, key: FormKey) -> ShownMark | None:
        """The lock on this form itself; it may be locked with the whole case, too."""
        locks = (one for one in self.of(key) if one.mark.kind == MarkKind.LOCKED)
        return next(locks, None)

    @property
    def case_lock(self) -> ShownMark | None:
        """The lock on the whole case."""
        locks = (one for one in self.shown if one.in_force and one.mark.kind == MarkKind.LOCKED)
        return next((one for one in locks if one.form.is_whole_case), None)

    def lapsed_signatures(self, key: FormKey) -> list[ShownMark]:
        """The last signature of each person that a change of the form has ended, if not renewed."""
        last = {
            one.mark.by_id: one
            for one in self.shown
            if one.form == key and one.mark.kind == MarkKind.SIGNED
        }
        return [one for one in last.values() if not one.in_force]


def marks_of(patient: Patient) -> PatientMarks:
    """The marks of a patient of the scope, those in force and those that were ended.

    Whether they are intact is asked of the whole case, also where the reader's scope shows a part
    of it only: a signature does not depend on who looks at it.
    """
    marks = list(
        FormMark.objects.filter(patient=patient)
        .select_related("by", "ended_by")
        .order_by("at", "pk")
    )
    if not marks:
        return PatientMarks()
    with system_scope():
        case = load_case(patient)
    words = form_words(case)
    digests = {key: digest_of(case, key) for key in {_form(mark) for mark in marks}}
    shown = []
    for mark in marks:
        key = _form(mark)
        name, number = words.get(key, (_("Form that was taken back"), None))
        is_intact = is_authentic(mark) and mark.content_sha256 == digests[key]
        shown.append(ShownMark(mark, key, name, number, is_intact))
    return PatientMarks(shown)


def form_words(case: Case) -> dict[FormKey, tuple[str, int | None]]:
    """Words and number of every form of a case, the whole case among them."""
    found: dict[FormKey, tuple[str, int | None]] = {
        key: (row_words(row), getattr(row, "number", None)) for key, row in first_rows(case).items()
    }
    return {whole_case(case.patient): (_("Whole case"), None), **found}


def _form(mark: FormMark) -> FormKey:
    return FormKey(mark.entity, mark.row_id)
