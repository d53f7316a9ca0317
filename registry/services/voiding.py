"""What goes with a row that is taken back, and what has to go before it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from registry.case import Case
from registry.errors import Finding, Refused
from registry.models import ClinicalRow

_NOT_RESTING = ("study", "protocol_version", "term", "centre", "patient")


def parts_of(case: Case, row: ClinicalRow) -> list[ClinicalRow]:
    """Live rows that are part of a row (a target's lesions, a course's phases): they go with it."""
    found = []
    for other in case.all_rows():
        parent = other.patient_path.split("__")[0] if other.patient_path else ""
        if parent and other.pk is not None and getattr(other, parent) == row:
            found += [other, *parts_of(case, other)]
    return found


def resting_on(case: Case, row: ClinicalRow) -> list[ClinicalRow]:
    """Live rows that point to a row, or to a part of it, without being part of it."""
    own = [row, *parts_of(case, row)]
    return [
        other
        for other in case.all_rows()
        if other not in own
        and any(
            field.is_relation and getattr(other, field.name) in own
            for field in other._meta.concrete_fields
            if field.name not in _NOT_RESTING
        )
    ]


def refuse_while_resting(row: ClinicalRow, rows: Iterable[ClinicalRow]) -> None:
    """A row cannot be taken back while others that stay rest on it.

    Raises:
        Refused: naming the rows.
    """
    staying = ", ".join(str(other) for other in rows)
    if staying:
        message = _("{rows} rests on this. Change or take that back first.").format(rows=staying)
        raise Refused([Finding("rests-on", "impossible", message, row.entity(), row=row)])
