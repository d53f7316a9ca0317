"""What can go wrong when a fact is written, in words that name what and where."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from registry.models import ClinicalRow

Severity = Literal["impossible", "unlikely", "incomplete"]


@dataclass(frozen=True)
class Finding:
    """One thing a check has to say about a row.

    ``impossible`` is refused, ``unlikely`` asks for a confirmation, ``incomplete`` stays on the
    worklist. ``model`` is the entity's name ("course"), ``number`` its number within the patient;
    ``row`` is the row itself where a check found it.
    """

    check_id: str
    severity: Severity
    message: str
    model: str
    number: int | None = None
    field: str = ""
    row: ClinicalRow | None = dataclasses.field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        place = " ".join(str(part) for part in (self.model, self.number, self.field) if part)
        return f"{place}: {self.message} [{self.check_id}]"


class Refused(ValueError):
    """A write was refused; nothing was written. ``findings`` say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(str(finding) for finding in findings))


class NeedsConfirmation(Refused):
    """Nothing was written: the findings are unlikely, and a person has to say why they are so."""


class Stale(RuntimeError):
    """The row was changed by somebody else since it was read; nothing was written."""
