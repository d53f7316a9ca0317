"""The analysis as files: data, R script that makes the figures again, and the figures made here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Figure, numbers_of
from analytics.cohort import Cohort
from analytics.cohort.analysis import analysis_frame
from analytics.extract import COLUMNS
from analytics.later.began import days_begun
from analytics.later.states import STATES
from analytics.later.values import yes_no
from analytics.render import archive_bytes, csv_text, frame_csv
from analytics.workbench.r_script import FROM_ORIGIN, r_script
from analytics.workbench.result import Result
from registry.protocols.vocabulary import Unit


def adtte(result: Result) -> pd.DataFrame:
    """The rows of the endpoint (CDISC ADTTE) with the variables chosen, one column each.

    Of a time-dependent state there are two columns: <code>_begun, "yes", "no" or missing, and
    <code>_day, the day on which it began, on the clock of AVAL.
    """
    choices = result.choices
    return _rows(result.cohort, choices.endpoint, choices.variables, choices.later)


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
        landmark=cohort.landmark,
        is_clustered=endpoint.unit is Unit.LESION,
        has_competing=bool(endpoint.competing),
    )
    files = {
        "README.txt": _read_me(result),
        "adtte.csv": frame_csv(rows, dates_are_relative=cohort.dates_are_relative),
        "analysis.R": script,
    }
    if cohort.landmark is not None:
        whole = _from_origin(result)
        files[FROM_ORIGIN] = frame_csv(whole, dates_are_relative=cohort.dates_are_relative)
    for artefact in result.artefacts:
        for part in artefact.parts:
            table = numbers_of(part)
            files[f"{table.key}.csv"] = csv_text(table)
            if isinstance(part, Figure):
                files[f"{part.key}.svg"] = part.svg
    return archive_bytes({name: text.encode() for name, text in files.items()})


def _from_origin(result: Result) -> pd.DataFrame:
    """The rows before the landmark was applied, for a script that applies it itself."""
    choices = result.choices
    codes = [code for code in choices.variables if code not in STATES]
    states = [code for code in (*choices.variables, *choices.later) if code in STATES]
    return _rows(replace(result.cohort, landmark=None), choices.endpoint, codes, states)


def _rows(
    cohort: Cohort, endpoint: str, codes: Sequence[str], states: Sequence[str]
) -> pd.DataFrame:
    found = analysis_frame(cohort, endpoint, codes)
    frame = found.frame
    for code in states:
        days = days_begun(STATES[code], cohort.facts, found.table)
        has_begun = np.isfinite(days)
        frame[f"{code}_begun"] = yes_no(np.where(np.isnan(days), np.nan, has_begun))
        frame[f"{code}_day"] = pd.Series(days).where(has_begun).astype("Int64")
    return frame


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
    ]
    if result.cohort.landmark is not None:
        lines.append(f"adtte.csv counts from the landmark, {FROM_ORIGIN} from the time origin.")
    if result.choices.later or result.cohort.landmark is not None:
        lines.append("*_begun: whether a state began; *_day: on which day, on the clock of AVAL.")
    lines.append("Rscript analysis.R")
    return "\n".join(dict.fromkeys(lines)) + "\n"
