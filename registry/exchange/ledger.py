"""The account of an import: every row that was read is in, ignored or refused, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from registry.errors import Severity
from registry.exchange.entities import entity_of
from registry.exchange.records import Origin, Record
from registry.exchange.table import Table
from registry.services.case_drafts import Refusal
from registry.services.cases import CaseResult


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was refused: column, value and reason; ``column`` is "" for the row as a whole."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What a check has to say about a row that is in all the same; ``column`` may be ""."""

    severity: Severity
    check: str
    file: str
    line: int
    reason: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class Unused:
    """A file or column that was not read: how much it holds and why; "" when nobody said why."""

    file: str
    column: str
    filled: int
    reason: str


@dataclass
class FileAccount:
    """Rows of one file by what became of them: in the end every line stands in exactly one place.

    ``taken`` are the rows that are in; ``ignored`` and ``refused`` say why the others are not.
    """

    lines: set[int] = field(default_factory=set)
    ignored: dict[int, str] = field(default_factory=dict)
    refused: dict[int, list[Refused]] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)


@dataclass
class TableAccount:
    """Rows of one table of the registry by what became of them."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


HELD_BACK = "held back: the import is all or nothing"
WITH_PATIENT = "held back with the patient"
NOT_ASKED_FOR = "nothing in the row is asked for"


class Ledger:
    """Takes notes while an import runs."""

    def __init__(self) -> None:
        self.files: dict[str, FileAccount] = {}
        self.tables: dict[str, TableAccount] = {}
        self.unused: list[Unused] = []
        self.remarks: list[Remark] = []
        self.repeated: dict[tuple[str, int], str] = {}
        self.combined: Counter[tuple[str, str]] = Counter()
        self.patients_in = 0
        self.patients_refused = 0

    def read(self, table: Table) -> None:
        """The rows of a table were read."""
        account = self.files.setdefault(table.file, FileAccount())
        account.lines.update(row.line for row in table.rows)

    def ignore(self, file: str, line: int, reason: str) -> None:
        """A row of a file is not carried over."""
        self.files[file].ignored[line] = reason

    def unused_file(self, file: str, rows: int, reason: str) -> None:
        """A whole file is not read."""
        self.unused.append(Unused(file, "", rows, reason))

    def unused_column(self, file: str, column: str, filled: int, reason: str) -> None:
        """A column is not read."""
        self.unused.append(Unused(file, column, filled, reason))

    def combine(self, table: str, origin: Origin, reason: str, kept: Origin) -> None:
        """A row made for a table says the same as another one, which is kept."""
        self.combined[table, reason] += 1
        self.repeated[origin.file, origin.line] = f"{reason} ({kept})"

    def refuse(self, records: Iterable[Record], refusals: Iterable[Refusal]) -> None:
        """A patient is refused: some rows for their own sake, the others with them."""
        self.patients_refused += 1
        for refusal in refusals:
            origin: Origin = refusal.origin
            column = origin.column_of(refusal.field) if refusal.field else ""
            value = origin.cells.get(column, "")
            self._refuse(origin, column, value, refusal.reason)
        for record in records:
            if record.origin.line not in self.files[record.origin.file].refused:
                self._refuse(record.origin, "", "", WITH_PATIENT)

    def _refuse(self, origin: Origin, column: str, value: str, reason: str) -> None:
        lines = self.files[origin.file].refused
        lines.setdefault(origin.line, []).append(
            Refused(origin.file, origin.line, column, value, reason)
        )

    def take(self, records: Iterable[Record], result: CaseResult) -> None:
        """The rows of a patient are in."""
        self.patients_in += bool(result.draft.pseudonym)
        for record in records:
            self.files[record.origin.file].taken.add(record.origin.line)
        for counter, name in (
            (result.created, "created"),
            (result.changed, "changed"),
            (result.unchanged, "unchanged"),
        ):
            for model, number in counter.items():
                account = self.tables.setdefault(entity_of(model).name, TableAccount())
                setattr(account, name, getattr(account, name) + number)
        for severity, check, remark in result.remarks:
            origin: Origin = remark.origin
            column = origin.column_of(remark.field) if remark.field else ""
            self.remarks.append(
                Remark(severity, check, origin.file, origin.line, remark.reason, column)
            )

    def hold_back(self) -> None:
        """Nothing is written: the rows that would be in are refused with the others."""
        for file, account in self.files.items():
            for line in account.taken:
                self._refuse(Origin(file, line), "", "", HELD_BACK)
            account.taken.clear()
        self.tables.clear()
        self.patients_refused += self.patients_in
        self.patients_in = 0

    def close(self) -> None:
        """Rows that nothing was made of, or that only repeat others, are ignored."""
        for file, account in self.files.items():
            for line in account.lines - account.taken - account.refused.keys():
                if line not in account.ignored:
                    account.ignored[line] = self.repeated.get((file, line), NOT_ASKED_FOR)

    @property
    def has_refusals(self) -> bool:
        """Whether any row was refused."""
        return any(account.refused for account in self.files.values())
