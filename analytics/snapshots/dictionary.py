"""The data dictionary of a snapshot's files: one line per column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd
from django.utils.translation import gettext as _

from analytics.cohort import Cohort
from analytics.cohort.column_words import BY_FILE, MEANINGS
from analytics.covariates import Covariate, catalogue
from analytics.render import lines_csv

HEAD = ("file", "column", "type", "meaning", "codes")


def dictionary_csv(cohort: Cohort, frames: Mapping[str, pd.DataFrame]) -> str:
    """File, column, type, meaning with unit, and the codes with their words."""
    return lines_csv(HEAD, _lines(catalogue(cohort), frames))


def _lines(
    covariates: Mapping[str, Covariate], frames: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, ...]]:
    for file, frame in frames.items():
        for column, kind in frame.dtypes.items():
            name = str(column)
            one = covariates.get(name) if file in ("patients", "lesions") else None
            codes = one.categories if one else ()
            yield (
                f"{file}.csv",
                name,
                _kind(kind),
                meaning(file, name, one),
                "; ".join(f"{code} = {label}" for code, label in codes),
            )


def meaning(file: str, column: str, covariate: Covariate | None) -> str:
    """The column in words.

    Raises:
        KeyError: nobody has said what the column means.
    """
    if covariate is not None and covariate.cut is not None:
        grouped = _("%(label)s: grouping of %(base)s, %(source)s")
        return grouped % {
            "label": covariate.label,
            "base": covariate.of,
            "source": covariate.source,
        }
    words = BY_FILE.get((file, column)) or MEANINGS[column]
    return _(words)


def _kind(kind: object) -> str:
    text = str(kind)
    if text.startswith("datetime"):
        return "date"
    return "number" if text.startswith(("float", "int")) else "text"
