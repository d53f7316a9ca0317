"""Writes empty tables of the native format with an explanation of every column."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from registry.exchange.cells import REASON_SIGN
from registry.exchange.entities import Entity, entities
from registry.exchange.records import EXPLANATION
from registry.models.choices import MissingReason

_LAST_ROW = 10_000
_LONGEST_LIST = 255
"""What a spreadsheet takes as a list of allowed values of a cell."""


def explanation_rows() -> Iterator[tuple[str, ...]]:
    """Header and one row per column of every table, then the reasons for missing values."""
    yield _("table"), _("column"), _("type"), _("unit"), _("needed"), _("codes"), _("meaning")
    for entity in entities().values():
        for column in entity.columns:
            codes = "; ".join(f"{code} = {label}" for code, label in column.codes)
            needed = _("yes") if column.required else ""
            yield entity.name, column.name, column.kind, column.unit, needed, codes, column.help
    for reason in MissingReason:
        meaning = _("in any column that is not needed: why there is no value")
        yield "", f"{REASON_SIGN}{reason.value}", _("reason"), "", "", str(reason.label), meaning


def write_folder(folder: Path) -> list[Path]:
    """One CSV file per table and the explanation, in UTF-8 with BOM, as spreadsheets like it.

    Raises:
        FileExistsError: one of the files is there already; nothing is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: [_names(entity)] for name, entity in entities().items()}
    tables[EXPLANATION] = list(explanation_rows())
    paths = {folder / f"{name}.csv": rows for name, rows in tables.items()}
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path}: is there already")
    for path, rows in paths.items():
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    return list(paths)


def write_workbook(path: Path) -> None:
    """One sheet per table and the explanation; coded columns offer their codes.

    Raises:
        FileExistsError: the file is there already.
    """
    if path.exists():
        raise FileExistsError(f"{path}: is there already")
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = EXPLANATION
    for row in explanation_rows():
        first.append(row)
    _head(first)
    for name, entity in entities().items():
        sheet = book.create_sheet(name)
        sheet.append(_names(entity))
        _head(sheet)
        _lay_columns(sheet, entity)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def _names(entity: Entity) -> tuple[str, ...]:
    return tuple(column.name for column in entity.columns)


def _head(sheet: Worksheet) -> None:
    sheet.freeze_panes = "A2"
    for index, cell in enumerate(sheet[1], start=1):
        cell.font = Font(bold=True)
        width = max(12, len(str(cell.value)) + 2)
        sheet.column_dimensions[get_column_letter(index)].width = width


def _lay_columns(sheet: Worksheet, entity: Entity) -> None:
    for index, column in enumerate(entity.columns, start=1):
        letter = get_column_letter(index)
        # As text, so that a spreadsheet turns no "2021-03" into a day and no "007" into seven.
        sheet.column_dimensions[letter].number_format = "@"
        words = [code for code, _label in column.codes]
        words += [f"{REASON_SIGN}{reason.value}" for reason in MissingReason]
        formula = f'"{",".join(words)}"'
        if column.codes and len(formula) <= _LONGEST_LIST:
            choice = DataValidation(type="list", formula1=formula, allow_blank=True)
            choice.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(choice)
