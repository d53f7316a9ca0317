"""From a filled page to rows: what changed, whether a reason is needed, and the write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.entry.bound import WRITE_ORDER, BoundRow
from registry.entry.entry import Entry
from registry.errors import Finding, Refused
from registry.models import ClinicalRow
from registry.models.choices import CorrectionReason, MissingReason
from registry.services import records
from registry.services.records import RowWrite
from registry.services.voiding import parts_of, refuse_while_resting, resting_on


@dataclass(frozen=True)
class Correction:
    """A saved value that is about to be changed, in words."""

    label: str
    old: str
    new: str


def save(entry: Entry) -> int:
    """Write the page; returns how many rows were written.

    Raises:
        Refused: an answer or the case as a whole cannot be; nothing is written.
        NeedsConfirmation: an unlikely finding has no reason yet.
        Stale: somebody changed a row of the page meanwhile.
    """
    if not entry.is_valid:
        raise Refused([])
    if entry.taken_back:
        _take_back(entry)
    refused = entry.page.refuse(entry) if entry.page.refuse is not None else ()
    if refused:
        raise Refused(refused)
    reason = _reason(entry)
    writes = list(_writes(entry, reason))
    writes.sort(key=lambda one: WRITE_ORDER[type(one.row)])
    records.write(writes, by=entry.user, reason=reason, explain=entry.explanation)
    return len(writes)


def corrections(entry: Entry) -> list[Correction]:
    """Saved values that the page would change or take back; filling in a blank is none."""
    found = []
    for one in entry.rows():
        if one.is_new:
            continue
        if one.remove:
            found.append(Correction(str(one.row), _("recorded"), _("taken back")))
        else:
            found += [
                Correction(_label(one, name), _shown(one, name, old), _shown(one, name, new))
                for name, old, new in changes(one)
                if one.form.is_answered(name, old)
            ]
    return found


def changes(one: BoundRow) -> Iterator[tuple[str, Any, Any]]:
    """(field, old, new) of a saved row; a reason for a missing value counts as its value."""
    for name, old in _with_reasons(one.before).items():
        new = _with_reasons({name: getattr(one.row, name), "missing": one.row.missing})[name]
        if old != new:
            yield name, old, new


def _with_reasons(values: dict[str, Any]) -> dict[str, Any]:
    missing = values["missing"]
    return {
        name: MissingReason(missing[name]) if name in missing else value
        for name, value in values.items()
        if name != "missing"
    }


def _label(one: BoundRow, name: str) -> str:
    field = one.form.fields.get(name)
    label = str(field.label) if field is not None else str(_column(one, name).verbose_name)
    return f"{one.row}: {label}" if one.part.repeats else label


def _column(one: BoundRow, name: str) -> Any:
    return one.row._meta.get_field(name)


def _shown(one: BoundRow, name: str, value: Any) -> str:
    if isinstance(value, MissingReason):
        return str(value.label)
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    labels = dict(_column(one, name).flatchoices)
    return str(labels.get(value, value))


def _writes(entry: Entry, reason: str) -> Iterator[RowWrite]:
    for one in entry.rows():
        if one.remove and not one.is_new:
            _refuse_if_needed(entry, one)
            for row in [one.row, *parts_of(entry.case, one.row)]:
                yield _voided(row, reason, one.seen_version if row is one.row else row.version)
        elif one.is_new and one.counts:
            yield RowWrite(one.row, next_number=True)
        elif not one.is_new and any(changes(one)):
            yield RowWrite(one.row, one.seen_version)
        if one.counts and not one.remove:
            yield from one.form.extra_writes(reason)


def _voided(row: ClinicalRow, reason: str, version: int | None) -> RowWrite:
    row.voided_at, row.void_reason = timezone.now(), reason
    return RowWrite(row, version)


def _take_back(entry: Entry) -> None:
    """The whole page is taken back: its root row, or nothing where there is none."""
    root = entry.bound_row_of(entry.root)
    if root is None or not entry.can_be_taken_back:
        raise Refused([Finding("take-back", "impossible", _("This cannot be taken back."), "")])
    root.remove = True


def _refuse_if_needed(entry: Entry, one: BoundRow) -> None:
    """A row cannot be taken back while another one that stays points to it."""
    going = [other.row for other in entry.rows() if other.remove]
    resting = resting_on(entry.case_as_typed(), one.row)
    refuse_while_resting(one.row, [row for row in resting if row not in going])


def _reason(entry: Entry) -> str:
    """The reason for the trail. Asked for when a saved value changes; else what was done.

    Raises:
        Refused: a saved value changes and no reason is given.
    """
    if not corrections(entry):
        return _("Entered")
    code, words = entry.reason_code, entry.reason_words
    if code not in CorrectionReason.values:
        entry.reason_error = _("Choose why the saved values are changed.")
        raise Refused([])
    if code == CorrectionReason.OTHER and not words:
        entry.reason_error = _("Say in a few words why the saved values are changed.")
        raise Refused([])
    label = str(CorrectionReason(code).label)
    return f"{label}: {words}" if words else label
