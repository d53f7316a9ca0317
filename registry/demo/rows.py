"""Rows of the native import format, gathered patient by patient and written as CSV files."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

Cell = str | int | float | bool | None

NOT_DONE, UNKNOWN, NOT_APPLICABLE = "#not_done", "#unknown", "#not_applicable"
"""Cells that say why a value is missing."""

_PARENTS = {
    "targets": "course",
    "phases": "course",
    "dose_metrics": "course",
    "imaging_studies": "assessment",
}
_UNNUMBERED = {
    "patients",
    "identities",
    "enrolments",
    "treatment_histories",
    "target_lesions",
    "lesion_assessments",
    "deaths",
}


@dataclass
class Folder:
    """The tables of one study at one centre."""

    study: str
    centre: str
    tables: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, **values: Cell) -> None:
        """Append a row."""
        self.tables[table].append({name: text_of(value) for name, value in values.items()})

    def write(self, parent: Path) -> Path:
        """Write ``parent/<study>/<centre>/<table>.csv`` and return the folder."""
        folder = parent / self.study / self.centre
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            columns = list(dict.fromkeys(column for row in rows for column in row))
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        return folder


@dataclass
class PatientRows:
    """The rows of one patient; days count from the patient's time origin."""

    folder: Folder
    pseudonym: str
    origin: dt.date
    _numbers: dict[tuple[str, Cell], int] = field(default_factory=lambda: defaultdict(int))

    def on(self, day: int) -> str:
        """The date of a day."""
        return (self.origin + dt.timedelta(days=day)).isoformat()

    def month_of(self, day: int) -> str:
        """The month of a day, for dates that are not known better."""
        return self.on(day)[:7]

    def add(self, table: str, **values: Cell) -> int:
        """Append a row of this patient and return its number (0 for rows without one)."""
        number = 0
        keys: dict[str, Cell] = {"patient": self.pseudonym}
        if table not in _UNNUMBERED:
            parent = values.get(_PARENTS.get(table, ""))
            self._numbers[table, parent] += 1
            number = self._numbers[table, parent]
            keys |= {"number": number}
        self.folder.add(table, **keys, **values)
        return number


_TREATMENTS = {
    "had_surgery": "surgeries",
    "had_systemic_therapy": "systemic_therapies",
    "had_prior_radiotherapy": "prior_radiotherapies",
}


def state_histories(folder: Folder) -> None:
    """Say of every patient which treatment there was: of people made up, all of it is told."""
    treated = {
        field: {row["patient"] for row in folder.tables.get(table, ())}
        for field, table in _TREATMENTS.items()
    }
    for row in folder.tables["patients"]:
        patient = row["pseudonym"]
        answers = {field: patient in had for field, had in treated.items()}
        folder.add("treatment_histories", patient=patient, **answers)


def text_of(value: Cell) -> str:
    """A value as it stands in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    return str(value)
