"""Makes workbooks in the layout of the official ones, with invented grade texts."""

from pathlib import Path

from openpyxl import Workbook

from registry.terminology import ctcae

HEADER = [
    "MedDRA Code",
    "MedDRA SOC",
    "CTCAE Term",
    *(f"Grade {grade} \xa0\xa0" for grade in range(1, 6)),
    "Definition",
]


def term_rows(release: str) -> list[list[str]]:
    """Header and one row per shipped term; each grade that exists has a text."""
    rows = [list(HEADER)]
    for term in ctcae.terms(release):
        texts = [
            f"{term.term},\n grade {grade}" if grade in term.grades else " -"
            for grade in range(1, 6)
        ]
        rows.append(["0", term.soc, term.term, *texts, "made for a test"])
    return rows


def save(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    """Write the sheets as an .xlsx workbook."""
    workbook = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path
