"""Official CTCAE grade texts, read from the workbook that the NCI publishes.

The texts are not shipped; a site downloads the workbook (.xlsx) and loads it. The sheet with one
row per term is found by its header row: columns for the system organ class ("… SOC"), the term
("… Term") and "Grade 1" to "Grade 5". Terms and grades must be those of the shipped term table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from registry.terminology import ctcae
from registry.terminology.errors import TerminologyError

GRADES = (1, 2, 3, 4, 5)

# How a workbook marks a grade that a term does not have.
NO_GRADE = frozenset({"", "-", "–", "—"})

# The header stands in the first row of the published workbooks; some rows of slack for a title.
HEADER_ROWS = 10

# The workbook of 4.03 calls its columns "CTCAE v4.0 …".
STATED_AS = {"4.03": {"4.0", "4.03"}}

MOST_PROBLEMS = 20

Row = tuple[str, ...]


class GradeText(NamedTuple):
    """The official text of one grade of one term, names as in the shipped term table."""

    soc: str
    term: str
    grade: int
    text: str


class _Table(NamedTuple):
    """The sheet with the terms: its rows, and where things stand in them (from 0)."""

    sheet: str
    rows: list[Row]
    header: int
    soc: int
    term: int
    grades: dict[int, int]


def read_grade_texts(path: Path | str, release: str) -> list[GradeText]:
    """Every grade text of the workbook, in its order, blanks and line breaks made single blanks.

    Raises TerminologyError naming sheet, row and column when the file is no workbook, is of
    another release or shape, or does not hold exactly the terms and grades of the release.
    """
    shipped = {ctcae.key(term.term): term for term in ctcae.terms(release)}
    table = _find_table(_read_sheets(Path(path)), Path(path).name)
    _refuse_other_release(table, release)
    texts: list[GradeText] = []
    problems: list[str] = []
    seen: set[str] = set()
    for number, row in enumerate(table.rows[table.header + 1 :], start=table.header + 2):
        if not any(row):
            continue
        term = shipped.get(ctcae.key(_cell(row, table.term)))
        if term is None:
            name = _cell(row, table.term)
            where = _place(table, number, table.term)
            problems.append(f"{where}: CTCAE {release} has no term {name!r}")
            continue
        if term.term in seen:
            where = _place(table, number, table.term)
            problems.append(f"{where}: {term.term!r} occurs twice")
            continue
        seen.add(term.term)
        problems.extend(_row_problems(table, number, row, term))
        for grade, column in table.grades.items():
            text = _cell(row, column)
            if text not in NO_GRADE:
                texts.append(GradeText(term.soc, term.term, grade, text))
    absent = [term.term for term in shipped.values() if term.term not in seen]
    problems.extend(f"sheet {table.sheet!r}: no row for the term {term!r}" for term in absent)
    if problems:
        raise TerminologyError(_report(Path(path).name, release, problems))
    return texts


def _read_sheets(path: Path) -> dict[str, list[Row]]:
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise TerminologyError(f"{path}: cannot be opened ({error.strerror})") from error
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise TerminologyError(f"{path.name}: is not an .xlsx workbook ({error})") from error
    try:
        return {sheet.title: list(_read_rows(sheet)) for sheet in workbook.worksheets}
    finally:
        workbook.close()


def _read_rows(sheet: Any) -> Iterator[Row]:
    # The extent that a file states for a sheet may be wrong and would cut rows off unseen.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True):
        yield tuple(_plain(value) for value in row)


def _plain(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _find_table(sheets: dict[str, list[Row]], file: str) -> _Table:
    tables: list[_Table] = []
    nearly: list[str] = []
    for sheet, rows in sheets.items():
        for number, row in enumerate(rows[:HEADER_ROWS]):
            table, lacking = _as_header(sheet, rows, number, row)
            if table is not None:
                tables.append(table)
                break
            if len(lacking) < len(GRADES):
                nearly.append(f"sheet {sheet!r}, row {number + 1}: no column {', '.join(lacking)}")
    # Beside the current table the NCI gives one with the changes marked, which names terms twice.
    current = [table for table in tables if "tracked" not in table.sheet.casefold()]
    if len(current) == 1:
        return current[0]
    if current:
        names = ", ".join(repr(table.sheet) for table in current)
        raise TerminologyError(f"{file}: more than one sheet has CTCAE terms: {names}")
    seen = "; ".join(nearly) or "sheets are " + ", ".join(repr(sheet) for sheet in sheets)
    raise TerminologyError(
        f"{file}: no sheet has a header row with SOC, Term and Grade 1 to Grade 5 ({seen})"
    )


def _as_header(
    sheet: str, rows: list[Row], number: int, row: Row
) -> tuple[_Table | None, list[str]]:
    """The table under this row when the row is its header, and the columns it lacks."""
    wanted = {"SOC": r"(^|\s)(soc|system organ class)$", "Term": r"(^|\s)term$"}
    wanted |= {f"Grade {grade}": rf"^grade {grade}$" for grade in GRADES}
    columns: dict[str, int] = {}
    for name, pattern in wanted.items():
        hits = [i for i, cell in enumerate(row) if re.search(pattern, cell, re.IGNORECASE)]
        if len(hits) == 1:
            columns[name] = hits[0]
    lacking = [name for name in wanted if name not in columns]
    if lacking:
        return None, lacking
    grades = {grade: columns[f"Grade {grade}"] for grade in GRADES}
    return _Table(sheet, rows, number, columns["SOC"], columns["Term"], grades), []


def _refuse_other_release(table: _Table, release: str) -> None:
    accepted = STATED_AS.get(release, {release})
    for place, text in _stated(table):
        match = re.search(r"CTCAE\s*(?:v\s*)?(\d+\.\d+)", text, re.IGNORECASE)
        if match and match.group(1) not in accepted:
            raise TerminologyError(
                f"{place}: {text!r} is of CTCAE {match.group(1)}, not of {release}"
            )


def _stated(table: _Table) -> Iterator[tuple[str, str]]:
    """Places where the release may stand: the sheet's name and the header cells."""
    yield f"sheet {table.sheet!r}", table.sheet
    for column, text in enumerate(table.rows[table.header]):
        yield _place(table, table.header + 1, column), text


def _row_problems(table: _Table, number: int, row: Row, term: ctcae.Term) -> Iterator[str]:
    soc = _cell(row, table.soc)
    if ctcae.key(soc) != ctcae.key(term.soc):
        where = _place(table, number, table.soc)
        yield f"{where}: {term.term!r} stands under {soc!r}, not under {term.soc!r}"
    for grade, column in table.grades.items():
        has_text = _cell(row, column) not in NO_GRADE
        if has_text and grade not in term.grades:
            where = _place(table, number, column)
            yield f"{where}: {term.term!r} has no grade {grade} in CTCAE {term.release}"
        if not has_text and grade in term.grades:
            where = _place(table, number, column)
            yield f"{where}: the text of grade {grade} of {term.term!r} is missing"


def _cell(row: Row, column: int) -> str:
    return row[column] if column < len(row) else ""


def _place(table: _Table, number: int, column: int) -> str:
    heading = _cell(table.rows[table.header], column)
    letter = get_column_letter(column + 1)
    return f"sheet {table.sheet!r}, row {number}, column {letter} ({heading})"


def _report(file: str, release: str, problems: list[str]) -> str:
    shown = problems[:MOST_PROBLEMS]
    if len(problems) > len(shown):
        shown.append(f"and {len(problems) - len(shown)} more")
    return f"{file} is not the workbook of CTCAE {release}:\n" + "\n".join(shown)
