"""An entry page opened by a person on a case, before and after something was typed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import QueryDict
from django.utils import timezone

from registry.case import Case
from registry.checks import check_case
from registry.entry.bound import WRITE_ORDER, BoundPart, BoundRow, words_of
from registry.entry.row_form import RowForm
from registry.entry.spec import Page, Part
from registry.errors import Finding
from registry.models import ClinicalRow, Death, Enrolment, FormMark, Patient, PatientRow, User
from registry.models.marks import WHOLE_CASE
from registry.protocols import Protocol
from registry.services.mark_upkeep import MarksInForce

if TYPE_CHECKING:
    from registry.entry.conflict import Conflict

R = TypeVar("R", bound=ClinicalRow)

NEW_KEY = re.compile(r"n[1-9][0-9]{0,3}")
VERSION = re.compile(r"[0-9]{1,9}")
MOST_ROWS = 60
"""Rows that one repeated part takes in: more is a mistake, or somebody trying the server."""


class Entry:
    """A page with the rows of a case laid into its forms.

    Args:
        root: the row that the page is about: saved, or new and not yet in the case.
        data: what was typed, None when the page is opened.
        query: what stands behind the address ("visit=…").
    """

    def __init__(
        self,
        page: Page,
        case: Case,
        *,
        user: User,
        root: ClinicalRow | None,
        data: QueryDict | None = None,
        query: QueryDict | None = None,
    ) -> None:
        self.page = page
        self.case = case
        self.user = user
        self.root = root
        self.data = data
        self.query = query if query is not None else QueryDict()
        self.findings: list[Finding] = []
        self.asked: list[Finding] = []
        self.reason_error = ""
        self.conflict: Conflict | None = None
        self.lock: FormMark | None = None
        self.submission = self._submission()
        self.parts = [BoundPart(part) for part in page.parts]
        # Targets before phases, whatever stands first on the page: a phase chooses among them.
        for bound in sorted(self.parts, key=lambda bound: WRITE_ORDER[bound.part.model]):
            self._bind(bound)
        if data is not None:
            for one in self.rows():
                if one.counts:
                    one.form.lay()
            self._leave_out()

    @property
    def patient(self) -> Patient:
        """The patient of the case."""
        return self.case.patient

    @cached_property
    def enrolment(self) -> Enrolment | None:
        """The first enrolment of the patient: its protocol gives α/β, hints and required items."""
        return next(iter(self.case.of(Enrolment)), None)

    @property
    def protocol(self) -> Protocol | None:
        """The protocol that the patient is followed under."""
        return self.enrolment.protocol_version.protocol if self.enrolment else None

    def rows(self) -> Iterator[BoundRow]:
        """Every row of the page, part by part."""
        for bound in self.parts:
            yield from bound.rows

    def of(self, model: type[R]) -> list[R]:
        """Rows of a table as the page has them now: counted, not taken away."""
        found: list[Any] = [
            one.row
            for one in self.rows()
            if type(one.row) is model and one.counts and not one.remove
        ]
        return found

    def rows_of(self, model: type[ClinicalRow]) -> list[ClinicalRow]:
        """Rows that a field may point to: those of the page, else those of the case."""
        if any(part.model is model for part in self.page.parts):
            return [one.row for one in self.rows() if type(one.row) is model and not one.remove]
        rows = list(self.case.of(model))
        return sorted(rows, key=lambda row: getattr(row, "number", 0))

    words_of = staticmethod(words_of)

    def case_as_typed(self) -> Case:
        """The case with the rows of the page in it, for live figures and checks; not saved."""
        rows = {model: list(known) for model, known in self.case.rows.items()}
        typed = Case(self.patient, rows)
        for one in self.rows():
            if one.remove and not one.is_new:
                held = rows.get(type(one.row), [])
                held[:] = [row for row in held if row.pk != one.row.pk]
            elif self.data is None and not one.is_linked:
                continue
            elif one.counts and not one.remove and not isinstance(one.row, Patient):
                typed.add(one.row)
                one.form.lay_links(typed)
        return typed

    def findings_as_typed(self) -> list[Finding]:
        """What the checks say of the case with the rows of the page in it."""
        typed = self.case_as_typed()
        protocols = [row.protocol_version.protocol for row in typed.of(Enrolment)]
        return check_case(typed, today=timezone.localdate(), protocols=protocols)

    def lay_locks(self, marks: MarksInForce) -> None:
        """Say of every row which lock keeps it from being written, and of the page as a whole.

        A page about one row is locked with that row, a page of several with the whole case.
        """
        self.lock = marks.lock_on(self.root or self.patient, self.patient)
        if self.root is None and self.lock is not None and self.lock.entity != WHOLE_CASE:
            self.lock = None
        for one in self.rows():
            one.lock = marks.lock_on(one.row, self.patient)

    @property
    def can_be_taken_back(self) -> bool:
        """True for a saved row of its own; a patient and an enrolment are not taken back here."""
        root = self.root
        return root is not None and root.pk is not None and isinstance(root, PatientRow | Death)

    @property
    def taken_back(self) -> bool:
        """True when the person takes the whole entry back."""
        return self.sent("take-back") == "1"

    @property
    def reason_code(self) -> str:
        """Code of the reason given for changing saved values."""
        return self.sent("reason-code")

    @property
    def reason_words(self) -> str:
        """Words added to that reason."""
        return self.sent("reason-words").replace("\0", "").strip()

    def explanation(self, finding: Finding) -> str:
        """The reason given for an unlikely finding, "" for none."""
        return self.sent(self.confirmation_name(finding)).replace("\0", "").strip()

    def confirmation_name(self, finding: Finding) -> str:
        """Name of the input for the reason of an unlikely finding."""
        one = self.bound_row_of(finding.row)
        key = finding.row.pk if finding.row is not None else ""
        return f"confirm-{finding.check_id}-{one.prefix if one else key}-{finding.field}"

    def sent(self, name: str) -> str:
        """One input as it was sent, "" when it was not."""
        return self.data.get(name, "") if self.data is not None else ""

    def add_row(self, prefix: str) -> None:
        """One more blank row in a repeated part."""
        for bound in self.parts:
            if bound.part.prefix == prefix and bound.part.repeats and len(bound.rows) < MOST_ROWS:
                taken = {one.prefix for one in bound.rows}
                keys = (f"{prefix}-n{count}" for count in range(1, MOST_ROWS + 2))
                key = next(key for key in keys if key not in taken)
                self._append(bound, self._new_row(bound, ""), key, is_added=True)
                self.focus_on([f"{key}-{bound.part.fields[0]}"])

    def focus_on(self, names: Iterable[str]) -> None:
        """Let the page begin at the first of these inputs."""
        for one in self.rows():
            for name, field in one.form.fields.items():
                if one.form.add_prefix(name) == next(iter(names), None):
                    field.widget.attrs["autofocus"] = True

    def _leave_out(self) -> None:
        """Parts whose condition does not hold are not written."""
        by_prefix = {one.prefix: one for one in self.rows()}
        for bound in self.parts:
            if bound.part.when is not None:
                prefix, condition = bound.part.when
                if not condition.holds(by_prefix[prefix].row):
                    for one in bound.rows:
                        one.is_left_out = True

    def _submission(self) -> uuid.UUID:
        try:
            return uuid.UUID(self.sent("submission"))
        except ValueError:
            return uuid.uuid4()

    def _bind(self, bound: BoundPart) -> None:
        part = bound.part
        if not part.repeats:
            row = self.root if part is self.page.root else self._single(part)
            assert row is not None, "a page with a root part is opened on a row"
            self._append(bound, row, part.prefix)
            return
        for row in self._saved(part):
            self._append(bound, row, f"{part.prefix}-{row.pk}")
        for row in part.presets(self.case, self.root) if part.presets is not None else ():
            self._append(bound, row, f"{part.prefix}-p{_place_of(row)}")
        if part.prefill is not None and (self.root is None or self.root.pk is None):
            bound.prefilled = part.prefill(self.case, self.query)
        for key in self._new_keys(bound):
            self._append(bound, self._new_row(bound, key), f"{part.prefix}-{key}")

    def _new_keys(self, bound: BoundPart) -> list[str]:
        """Keys of the new rows ("n1", "n2"): as sent, else one where there is no row."""
        if bound.part.presets is not None:
            return []
        if self.data is None:
            count = len(bound.prefilled) or (0 if bound.rows else 1)
            return [f"n{place}" for place in range(1, count + 1)]
        sent = self.data.getlist(f"{bound.part.prefix}-new")
        return [key for key in dict.fromkeys(sent) if NEW_KEY.fullmatch(key)][:MOST_ROWS]

    def _single(self, part: Part) -> ClinicalRow:
        """The one row of a part that is not the root: as it is, or new."""
        if part.model is Patient:
            return self.patient
        if part.single is not None:
            return part.single(self.case, self.root)
        saved = self._saved(part)
        if saved:
            return saved[0]
        row = part.model()
        setattr(row, part.parent, self._parent(part))
        return row

    def _parent(self, part: Part) -> ClinicalRow | None:
        return self.patient if part.parent == "patient" else self.root

    def _saved(self, part: Part) -> list[ClinicalRow]:
        """Live rows of the case that the part shows, in their order."""
        parent = self._parent(part)
        if parent is None or parent.pk is None:
            return []
        rows = [
            row
            for row in self.case.of(part.model)
            if getattr(row, f"{part.parent}_id") == parent.pk
        ]
        return sorted(rows, key=lambda row: (getattr(row, "number", 0), row.pk))

    def _new_row(self, bound: BoundPart, key: str) -> ClinicalRow:
        part = bound.part
        # "n2" is the second row that the page began with, before and after it was typed into.
        begun = {f"n{place}": row for place, row in enumerate(bound.prefilled, start=1)}
        row = begun.get(key) or part.model()
        setattr(row, part.parent, self._parent(part))
        if hasattr(row, "number"):
            row.number = self._next_number(bound)
        return row

    def _next_number(self, bound: BoundPart) -> int:
        """One more than any row has or had: numbers are never used twice."""
        part, parent = bound.part, self._parent(bound.part)
        held = [
            row.number  # type: ignore[attr-defined]
            for row in self.case.rows.get(part.model, ())
            if parent is not None and getattr(row, f"{part.parent}_id") == parent.pk
        ]
        held += [one.row.number for one in bound.rows]  # type: ignore[attr-defined]
        return max(held, default=0) + 1

    def _append(
        self, bound: BoundPart, row: ClinicalRow, prefix: str, *, is_added: bool = False
    ) -> None:
        data = self.data
        is_sent = data is not None and f"{prefix}-version" in data
        if is_added or (row.pk is not None and not is_sent):
            data = None  # not typed into: also a row that somebody else added meanwhile
        seen = self.sent(f"{prefix}-version") if data is not None else str(row.version)
        form_type = bound.part.form or RowForm
        bound.rows.append(
            BoundRow(
                part=bound.part,
                row=row,
                form=form_type(part=bound.part, row=row, entry=self, prefix=prefix, data=data),
                seen_version=_version(seen) if row.pk is not None else None,
                remove=data is not None and data.get(f"{prefix}-remove") == "1",
                is_added=is_added,
            )
        )

    @property
    def errors(self) -> Iterable[tuple[str, str]]:
        """(id of the input, what to do) for every field with an error, in the order of the page."""
        for one in self.rows():
            if not one.counts or (one.is_new and one.remove) or not one.form.is_bound:
                continue
            for name, messages in one.form.errors.items():
                for message in messages:
                    if name in one.form.fields:
                        bound_field = one.form[name]
                        yield bound_field.id_for_label, f"{bound_field.label}: {message}"
                    else:
                        yield f"row-{one.prefix}", str(message)

    @property
    def is_valid(self) -> bool:
        """True when every answer could be read."""
        return not list(self.errors)

    def bound_row_of(self, row: ClinicalRow | None) -> BoundRow | None:
        """The row of the page that a finding speaks of; none that does not apply."""
        for one in self.rows():
            if one.is_new and one.is_left_out:
                continue
            if row is not None and (one.row is row or (row.pk is not None and one.row == row)):
                return one
        return None

    def tell(self, findings: Iterable[Finding]) -> None:
        """Put findings at their fields; those on rows of other pages go on top."""
        for finding in findings:
            one = self.bound_row_of(finding.row)
            if one is None or not one.form.is_bound:
                self.findings.append(finding)
            elif finding.field in one.form.fields:
                one.form.add_error(finding.field, finding.message)
            else:
                one.form.add_error(None, finding.message)


def _place_of(row: Any) -> int:
    """What tells the preset rows of a part apart: the lesion they are about."""
    return int(row.lesion.number)


def _version(sent: str) -> int:
    """The version of a row that the form was opened on; what is no version is older than any."""
    return int(sent) if VERSION.fullmatch(sent) else 0
