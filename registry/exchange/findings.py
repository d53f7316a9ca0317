"""What was found in an import, in pieces that can be kept and put together again.

A piece is plain data for JSON::

    {"refused": [[file, line, column, value, reason], …],
     "rows": {file: {line: [cells]}},
     "remarks": [[severity, check, reason, number, file, first line], …]}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from registry.exchange.ledger import WITH_PATIENT, Ledger
from registry.exchange.source import Source

Piece = dict[str, Any]

SHOWN = 200
"""Findings of each kind that a summary holds."""


def piece_of(ledger: Ledger, source: Source) -> Piece:
    """The findings of one step: every refused row with its cells, remarks by their words."""
    refused: list[list[Any]] = []
    rows: dict[str, dict[str, list[str]]] = {}
    for file, account in ledger.files.items():
        for line in sorted(account.refused):
            rows.setdefault(file, {})[str(line)] = source.cells(file, line)
            refused += [
                [file, line, one.column, one.value, one.reason] for one in account.refused[line]
            ]
    remarks: dict[tuple[str, str, str], list[Any]] = {}
    for remark in ledger.remarks:
        said = f"{remark.column}: {remark.reason}" if remark.column else remark.reason
        at = (remark.severity, remark.check, said)
        found = remarks.setdefault(at, [*at, 0, remark.file, remark.line])
        found[3] += 1
    return {"refused": refused, "rows": rows, "remarks": list(remarks.values())}


def summary_of(pieces: Iterable[Piece], source: Source) -> Piece:
    """Of all pieces: rows by file, the first refusals, the commonest remarks.

    Rows that are refused with their patient only are counted and not listed.
    """
    refused: list[list[Any]] = []
    refused_rows: dict[str, int] = {}
    remarks: dict[tuple[str, str, str], list[Any]] = {}
    for piece in pieces:
        told = [one for one in piece["refused"] if one[4] != WITH_PATIENT]
        refused += told[: SHOWN - len(refused)]
        for file, rows in piece["rows"].items():
            refused_rows[file] = refused_rows.get(file, 0) + len(rows)
        for remark in piece["remarks"]:
            severity, check, reason, number, file, line = remark
            at = (severity, check, reason)
            remarks.setdefault(at, [*at, 0, file, line])[3] += number
    commonest = sorted(remarks.values(), key=lambda remark: -int(remark[3]))
    used: dict[str, set[int]] = {}
    for record in source.records:
        used.setdefault(record.origin.file, set()).add(record.origin.line)
    files = []
    for file, account in source.ledger.files.items():
        read, ignored = len(account.lines), len(account.lines - used.get(file, set()))
        no = refused_rows.get(file, 0)
        files.append(
            {
                "file": file,
                "columns": list(source.files[file].columns),
                "read": read,
                "ignored": ignored,
                "refused": no,
                "in": read - ignored - no,
            }
        )
    unused = [[one.file, one.column, one.filled, one.reason] for one in source.ledger.unused]
    return {
        "files": files,
        "refused": refused,
        "remarks": commonest[:SHOWN],
        "remark_kinds": len(commonest),
        "unused": unused[:SHOWN],
    }
