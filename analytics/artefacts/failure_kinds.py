"""The failures that count, and what they make together: "local and distant"."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.labels import not_known
from analytics.cohort import Cohort
from analytics.extract.table import TimeToEvent, table_of
from registry.models.choices import ProgressionKind
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Censoring, EventKind, Population, Unit

Pattern = frozenset[str]
"""Kinds of failure that belong together."""

NONE: Pattern = frozenset()
UNKNOWN: Pattern = frozenset({"unknown"})
_LOCAL, _REGIONAL, _DISTANT, _UNSPECIFIED = (str(kind) for kind in ProgressionKind)

PATTERNS: tuple[Pattern, ...] = (
    NONE,
    frozenset({_LOCAL}),
    frozenset({_REGIONAL}),
    frozenset({_DISTANT}),
    frozenset({_LOCAL, _REGIONAL}),
    frozenset({_LOCAL, _DISTANT}),
    frozenset({_REGIONAL, _DISTANT}),
    frozenset({_LOCAL, _REGIONAL, _DISTANT}),
    frozenset({_UNSPECIFIED}),
    UNKNOWN,
)
"""All that there are, in the order of the table."""


def pattern_label(pattern: Pattern) -> str:
    """A pattern in words."""
    return {
        NONE: _("No failure"),
        frozenset({_LOCAL}): _("Local only"),
        frozenset({_REGIONAL}): _("Regional only"),
        frozenset({_DISTANT}): _("Distant only"),
        frozenset({_LOCAL, _REGIONAL}): _("Local and regional"),
        frozenset({_LOCAL, _DISTANT}): _("Local and distant"),
        frozenset({_REGIONAL, _DISTANT}): _("Regional and distant"),
        frozenset({_LOCAL, _REGIONAL, _DISTANT}): _("Local, regional and distant"),
        frozenset({_UNSPECIFIED}): _("Kind not specified"),
        UNKNOWN: not_known(),
    }[pattern]


def counted_failures(cohort: Cohort) -> pd.DataFrame:
    """Rows of the progressions but for those before the time origin; undated ones are among them.

    A failure without a kind is one that is not specified.
    """
    failures = cohort.progressions
    failures = failures[~(failures["days_from_origin"] < 0)]
    return failures.assign(kind=failures["kind"].replace("", _UNSPECIFIED))


def ever_pattern(failures: pd.DataFrame) -> Pattern:
    """What the failures of one patient make together."""
    return _pattern(failures["kind"])


def first_pattern(failures: pd.DataFrame, together_days: int) -> Pattern:
    """What failed first: with the first failure counts what was found up to so many days after it.

    UNKNOWN where a failure has no date, for it may be the first.
    """
    days = failures["days_from_origin"].to_numpy(dtype=np.float64)
    if np.isnan(days).any():
        return UNKNOWN
    return _pattern(failures["kind"][days <= days.min() + together_days]) if days.size else NONE


def local_failures_by_lesion(cohort: Cohort) -> TimeToEvent:
    """Days of each treated lesion from its time origin to local failure (CNSR 0) or to the end."""
    failure = Endpoint(
        code="LF",
        label="",
        definition="",
        unit=Unit.LESION,
        origin=cohort.protocol.time_origin,
        events=(EventKind.LOCAL_PROGRESSION,),
        competing=(),
        censoring=Censoring.LAST_FOLLOW_UP,
        population=Population.ALL,
        horizon_days=None,
    )
    return table_of(cohort.facts, failure)


def _pattern(kinds: Iterable[str]) -> Pattern:
    """A kind that is not specified adds nothing to one that is."""
    found = frozenset(str(kind) for kind in kinds)
    return found - {_UNSPECIFIED} or found
