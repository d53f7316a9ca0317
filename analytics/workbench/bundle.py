"""The analysis as files: data, R script that makes the figures again, and the figures made here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Figure
from analytics.cohort.analysis import analysis_frame
from analytics.extract import COLUMNS
from analytics.render import archive_bytes, csv_text
from analytics.workbench.choices import Choices
from analytics.workbench.r_script import r_script
from analytics.workbench.result import Result
from registry.csv_safe import safe_row
from registry.protocols.vocabulary import Unit


def adtte(result: Result) -> pd.DataFrame:
    """The rows of the endpoint (CDISC ADTTE) with the variables chosen, one column each."""
    return analysis_frame(result.cohort, result.choices.endpoint, _variables(result.choices)).frame


def adtte_csv(result: Result) -> str:
    """The rows as CSV: days as YYYY-MM-DD, nothing where a value is missing."""
    frame = adtte(result)
    if result.cohort.dates_are_relative:
        frame = frame.drop(columns=["STARTDT", "ADT"])
    return _csv(
        list(frame.columns), frame.astype(object).where(frame.notna(), None).itertuples(index=False)
    )


def bundle(result: Result) -> bytes:
    """One archive with all of it; the same choices over the same facts give the same bytes."""
    endpoint = result.cohort.protocol.endpoint(result.choices.endpoint)
    files: dict[str, bytes] = {
        "README.txt": _read_me(result).encode(),
        "adtte.csv": adtte_csv(result).encode(),
        "analysis.R": r_script(
            result.choices,
            variables=_variables(result.choices),
            numeric=[code for code in _variables(result.choices) if _is_number(result, code)],
            is_clustered=endpoint.unit is Unit.LESION,
            has_competing=bool(endpoint.competing),
        ).encode(),
    }
    for artefact in result.artefacts:
        for part in artefact.parts:
            table = part.table if isinstance(part, Figure) else part
            files[f"{table.key}.csv"] = csv_text(table).encode()
            if isinstance(part, Figure):
                files[f"{part.key}.svg"] = part.svg.encode()
    return archive_bytes(files)


def _variables(choices: Choices) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (choices.group, *choices.adjust))))


def _is_number(result: Result, code: str) -> bool:
    return bool(adtte(result)[code].dtype.kind == "f")


def _csv(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(safe_row(_plain(value) for value in row))
    return text.getvalue()


def _plain(value: object) -> object:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else value


def _read_me(result: Result) -> str:
    endpoint = result.cohort.protocol.endpoint(result.choices.endpoint)
    lines = [
        f"{endpoint.label} ({endpoint.code}), {result.cohort.study_title}",
        endpoint.definition,
        *(note for artefact in result.artefacts for part in artefact.parts for note in part.notes),
        _("Choices: %(query)s") % {"query": result.choices.query},
        "",
        f"adtte.csv: {', '.join(COLUMNS)}",
        "AVAL: days; CNSR: 0 event, 1 censored, 2 competing event.",
        "Rscript analysis.R",
    ]
    return "\n".join(dict.fromkeys(lines)) + "\n"
