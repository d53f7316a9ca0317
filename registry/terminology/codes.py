"""Code lists shipped as data: tumour morphology, topography, structure names, sites by region.

Each list is ``data/<system>.csv`` with the columns code, name, group. What the group means:

- ``icdo3_morphology`` (ICD-O-3 with the 3.2 additions, code "8890/3"): WHO group of the tumour.
  Tumours are grouped as in the WHO classification of soft tissue and bone tumours; undifferentiated
  sarcomas count as of uncertain differentiation, as do endometrial stromal sarcomas.
- ``icdo3_topography`` (ICD-O-3, code "C49.2"): tissue or organ group.
- ``tg263`` (AAPM TG-263 structure names, the code being the standard name): kind of structure.
- ``region_site`` (own list): region of the body that the site lies in.

``data/groups.csv`` names every group.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from registry.terminology.errors import TerminologyError

SYSTEMS = ("icdo3_morphology", "icdo3_topography", "tg263", "region_site")

DATA = Path(__file__).parent / "data"


class CodeRow(NamedTuple):
    """One code of a list, its name, and the group it belongs to."""

    code: str
    name: str
    group: str


@cache
def codes(system: str) -> tuple[CodeRow, ...]:
    """All rows of a code list, in the order of the file.

    Raises TerminologyError for an unknown list, a damaged file, a code or name that occurs twice
    and a group that ``group_names`` does not know.
    """
    if system not in SYSTEMS:
        raise TerminologyError(f"no code list {system!r}; lists are {', '.join(SYSTEMS)}")
    path = DATA / f"{system}.csv"
    rows = read_codes(path)
    names = group_names(system)
    for row in rows:
        if row.group not in names:
            raise TerminologyError(
                f"{path.name}: {row.code} has group {row.group!r}, unknown to groups.csv"
            )
    return rows


def group_of(system: str, code: str) -> str:
    """Group that a code belongs to; "" for a code that the list does not have.

    Raises TerminologyError as :func:`codes`.
    """
    return _groups(system).get(code, "")


@cache
def _groups(system: str) -> dict[str, str]:
    return {row.code: row.group for row in codes(system)}


@cache
def group_names(system: str) -> dict[str, str]:
    """Group code → name of the group, in the order of the file; empty for an unknown list."""
    rows = _table(DATA / "groups.csv", ("system", "group", "name"))
    return {row["group"]: row["name"] for _, row in rows if row["system"] == system}


def read_codes(path: Path) -> tuple[CodeRow, ...]:
    """Read one code list. Raises TerminologyError naming file and line."""
    found: dict[str, CodeRow] = {}
    names: set[str] = set()
    for number, row in _table(path, CodeRow._fields):
        if row["code"] in found:
            raise TerminologyError(f"{path.name}, line {number}: {row['code']} occurs twice")
        if row["name"].casefold() in names:
            raise TerminologyError(f"{path.name}, line {number}: name {row['name']!r} occurs twice")
        names.add(row["name"].casefold())
        found[row["code"]] = CodeRow(**row)
    return tuple(found.values())


def _table(path: Path, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells of each row; every cell filled and without blanks around it."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        if tuple(next(reader, ())) != columns:
            raise TerminologyError(f"{path.name}, line 1: columns must be {','.join(columns)}")
        rows = []
        for cells in reader:
            place = f"{path.name}, line {reader.line_num}"
            if len(cells) != len(columns):
                raise TerminologyError(f"{place}: {len(cells)} cells instead of {len(columns)}")
            for column, cell in zip(columns, cells, strict=True):
                if not cell or cell != cell.strip():
                    raise TerminologyError(f"{place}: {column} {cell!r} is empty or has blanks")
            rows.append((reader.line_num, dict(zip(columns, cells, strict=True))))
    return rows
