"""The report of an import: as text for people, as JSON for machines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from registry.exchange.entities import entities
from registry.exchange.importer import Outcome
from registry.exchange.ledger import FileAccount, Refused, Remark, Unused

SHOWN = 20
"""Lines of one kind that the text shows; the JSON report and a text file have all of them."""


def as_data(outcome: Outcome) -> dict[str, Any]:
    """The whole report as plain data; per file in = read − ignored − refused."""
    ledger = outcome.ledger
    return {
        "study": outcome.job.study,
        "centre": outcome.job.centre,
        "mapping": outcome.job.mapping.name if outcome.job.mapping else None,
        "written": outcome.written,
        "dry_run": outcome.job.dry_run,
        "patients": {"in": ledger.patients_in, "refused": ledger.patients_refused},
        "files": {name: _file(account) for name, account in ledger.files.items()},
        "tables": {name: vars(account) for name, account in ledger.tables.items()},
        "combined": [
            {"table": table, "reason": reason, "rows": number}
            for (table, reason), number in ledger.combined.items()
        ],
        "unused": [
            {"file": u.file, "column": u.column, "filled": u.filled, "reason": u.reason}
            for u in ledger.unused
        ],
        "remarks": [
            {
                "severity": r.severity,
                "check": r.check,
                "file": r.file,
                "row": r.line,
                "reason": r.reason,
            }
            for r in ledger.remarks
        ],
    }


def _file(account: FileAccount) -> dict[str, Any]:
    return {
        "read": len(account.lines),
        "ignored": len(account.ignored),
        "refused": len(account.refused),
        "in": len(account.taken),
        "ignored_rows": [
            {"row": line, "reason": reason} for line, reason in sorted(account.ignored.items())
        ],
        "refused_rows": [
            {"row": one.line, "column": one.column, "value": one.value, "reason": one.reason}
            for line in sorted(account.refused)
            for one in account.refused[line]
        ],
    }


def as_text(outcome: Outcome, *, everything: bool = False) -> str:
    """The report in lines; long lists are cut short unless ``everything`` is asked for."""
    return "\n".join(_lines(outcome, everything)) + "\n"


def write_report(outcome: Outcome, path: Path) -> None:
    """The whole report into a file: JSON when the name ends so, text otherwise."""
    if path.suffix.lower() == ".json":
        text = json.dumps(as_data(outcome), ensure_ascii=False, indent=1) + "\n"
    else:
        text = as_text(outcome, everything=True)
    path.write_text(text, encoding="utf-8")


def _lines(outcome: Outcome, everything: bool) -> Iterator[str]:
    ledger = outcome.ledger
    yield _headline(outcome)
    yield f"Patients: {ledger.patients_in} in, {ledger.patients_refused} refused"
    yield ""
    yield "Rows of the files (in = read − ignored − refused)"
    for name, account in ledger.files.items():
        if not account.lines:
            continue
        yield (
            f"  {name}: read {len(account.lines)}, ignored {len(account.ignored)}, "
            f"refused {len(account.refused)}, in {len(account.taken)}"
        )
        reasons = Counter(_without_place(reason) for reason in account.ignored.values())
        for reason, number in reasons.most_common():
            yield f"    ignored {number}: {reason}"
    refused = [
        one
        for account in ledger.files.values()
        for many in account.refused.values()
        for one in many
    ]
    if refused:
        yield ""
        yield "Refused"
        yield from _cut([_refused_line(one) for one in refused], everything)
    if ledger.tables:
        yield ""
        yield "Rows of the registry"
        for name in entities():
            made = ledger.tables.get(name)
            if made is not None:
                yield (
                    f"  {name}: {made.created} new, {made.changed} changed, "
                    f"{made.unchanged} unchanged"
                )
    for (table, reason), number in ledger.combined.items():
        yield f"  {table}: {number} not made: {reason}"
    yield from _unused_lines(outcome, everything)
    if ledger.remarks:
        yield ""
        yield "Remarks of the checks (the rows are in)"
        yield from _cut(list(_remark_lines(ledger.remarks)), everything)


def _remark_lines(remarks: Iterable[Remark]) -> Iterator[str]:
    """One line for remarks of the same words, with the place of the first."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for one in remarks:
        place = f"{one.file}, row {one.line}"
        places.setdefault((one.severity, one.check, one.reason), []).append(place)
    for (severity, check, why), found in sorted(places.items(), key=lambda kv: -len(kv[1])):
        more = "" if len(found) == 1 else ", first"
        yield f"  {len(found)} × {severity}: {why} [{check}]{more} at {found[0]}"


def _headline(outcome: Outcome) -> str:
    if outcome.ledger.has_refusals and not outcome.job.keep_valid:
        return "Nothing was written: rows were refused."
    if outcome.job.dry_run:
        return "Dry run: nothing was written. This is what would be."
    if outcome.ledger.has_refusals:
        return "Written without the patients that have refused rows."
    return "Written."


def _refused_line(one: Refused) -> str:
    place = f"{one.file}, row {one.line}"
    if one.column:
        place += f", {one.column}"
    if one.value:
        place += f" “{_short(one.value)}”"
    return f"  {place}: {one.reason}"


def _unused_lines(outcome: Outcome, everything: bool) -> Iterator[str]:
    unused = outcome.ledger.unused
    strange = [one for one in unused if not one.reason]
    if strange:
        yield ""
        yield "Neither read nor ignored with a reason"
        yield from _cut([f"  {_what(one)}" for one in strange], everything)
    groups: dict[tuple[str, str], list[Unused]] = {}
    for one in unused:
        if one.reason:
            groups.setdefault((one.file, one.reason), []).append(one)
    if groups:
        yield ""
        yield "Not read, and why"
    for (file, reason), several in groups.items():
        what = _what(several[0])
        if len(several) > 1:
            filled = sum(one.filled for one in several)
            what = f"{file}, {len(several)} columns ({filled} filled cells)"
        yield f"  {what}: {reason}"


def _what(one: Unused) -> str:
    if not one.column:
        return f"{one.file} ({one.filled} rows)"
    return f"{one.file}, {one.column} ({one.filled} filled cells)"


def _cut(lines: list[str], everything: bool) -> Iterator[str]:
    shown = lines if everything else lines[:SHOWN]
    yield from shown
    if len(lines) > len(shown):
        yield f"  … and {len(lines) - len(shown)} more (--report FILE writes all of them)"


def _without_place(reason: str) -> str:
    """The reason without the row it names, so that equal reasons are counted together."""
    return reason.rpartition(" (")[0] if reason.endswith(")") and " (" in reason else reason


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
