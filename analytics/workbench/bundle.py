"""The analysis as files: data, R script that makes the figures again, and the figures made here."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Figure, numbers_of
from analytics.cohort.analysis import analysis_frame
from analytics.extract import COLUMNS
from analytics.render import archive_bytes, csv_text, frame_csv
from analytics.workbench.r_script import r_script
from analytics.workbench.result import Result
from registry.protocols.vocabulary import Unit


def adtte(result: Result) -> pd.DataFrame:
    """The rows of the endpoint (CDISC ADTTE) with the variables chosen, one column each."""
    choices = result.choices
    return analysis_frame(result.cohort, choices.endpoint, choices.variables).frame


def adtte_csv(result: Result) -> str:
    """The rows as CSV: days as YYYY-MM-DD, nothing where a value is missing."""
    return frame_csv(adtte(result), dates_are_relative=result.cohort.dates_are_relative)


def bundle(result: Result) -> bytes:
    """One archive with all of it; the same choices over the same facts give the same bytes."""
    choices, cohort = result.choices, result.cohort
    endpoint = cohort.protocol.endpoint(choices.endpoint)
    rows = adtte(result)
    script = r_script(
        choices,
        variables={code: _codes(rows[code]) for code in choices.variables},
        is_clustered=endpoint.unit is Unit.LESION,
        has_competing=bool(endpoint.competing),
    )
    files = {
        "README.txt": _read_me(result),
        "adtte.csv": frame_csv(rows, dates_are_relative=cohort.dates_are_relative),
        "analysis.R": script,
    }
    for artefact in result.artefacts:
        for part in artefact.parts:
            table = numbers_of(part)
            files[f"{table.key}.csv"] = csv_text(table)
            if isinstance(part, Figure):
                files[f"{part.key}.svg"] = part.svg
    return archive_bytes({name: text.encode() for name, text in files.items()})


def _codes(column: pd.Series) -> tuple[str, ...]:
    """Codes of a covariate in categories, the reference first; () of a number."""
    kind = column.dtype
    return tuple(kind.categories) if isinstance(kind, pd.CategoricalDtype) else ()


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
