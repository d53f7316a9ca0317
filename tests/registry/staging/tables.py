"""Reads the reference tables of stage groups, in the codes of the registry."""

import csv
from pathlib import Path


def rows(path: Path) -> list[dict[str, str]]:
    """Rows of a table without its line of codes for tumours that TNM does not stage (88)."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row.get("t") != "88"]


def category(letter: str, code: str) -> str:
    """T1a from 1A, NX from X: the writing of cancer registries to the one of clinicians."""
    return letter + (code if code == "X" else code.lower())


def spread(text: str, all_codes: tuple[str, ...]) -> list[str]:
    """Codes of a cell such as T2|T3 or any."""
    return list(all_codes) if text == "any" else text.split("|")


def members(text: str, start: str = "") -> set[int]:
    """Numbers of a list of ranges: C480-C482,C488 with start C, 8000-8803,8810 without."""
    found: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        low = int(first.removeprefix(start))
        found |= set(range(low, int((last or first).removeprefix(start)) + 1))
    return found
