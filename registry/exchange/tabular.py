"""Files as tables: CSV files, workbooks and folders of them, read without guessing any type."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from registry.exchange.csv_file import read_csv
from registry.exchange.table import Table, TableError
from registry.exchange.workbook import read_workbook

MAX_FILE_BYTES = 512 * 1024 * 1024


def read_tables(paths: Iterable[Path]) -> list[Table]:
    """The tables of these files, workbooks and folders (CSV files and workbooks in them).

    Raises:
        TableError: a file is absent, is no table, is damaged, or is larger than the limits.
    """
    tables: list[Table] = []
    for path in _files(paths):
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise TableError(f"{path.name}: {size} bytes are more than {MAX_FILE_BYTES}")
        if path.suffix.lower() == ".csv":
            tables.append(read_csv(path))
        else:
            tables += read_workbook(path)
    places = [table.file.casefold() for table in tables]
    for table in tables:
        if places.count(table.file.casefold()) > 1:
            raise TableError(f"{table.file}: given twice")
    return tables


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [
                entry
                for entry in sorted(path.iterdir())
                if entry.is_file()
                and entry.suffix.lower() in {".csv", ".xlsx"}
                # Excel keeps a lock file of this name beside an open workbook.
                and not entry.name.startswith(("~$", "."))
            ]
            if not inside:
                raise TableError(f"{path}: the folder holds no .csv and no .xlsx file")
            found += inside
        elif not path.is_file():
            raise TableError(f"{path}: there is no such file or folder")
        elif path.suffix.lower() not in {".csv", ".xlsx"}:
            raise TableError(f"{path.name}: not a .csv file, a .xlsx workbook or a folder of them")
        else:
            found.append(path)
    return found
