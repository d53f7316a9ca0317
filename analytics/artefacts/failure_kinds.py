"""The failures that count, and what they make together: "local and distant"."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.labels import not_known
from analytics.cohort import Cohort
from analytics.extract.table import TimeToEvent
from registry.models.choices import ProgressionKind
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Censoring, EventKind, Population, Unit

NONE, LOCAL, REGIONAL, DISTANT, UNSPECIFIED, UNKNOWN = 0, 1, 2, 4, 8, 16
"""A pattern is the sum of the kinds that belong together; UNKNOWN stands alone."""

_BITS = {
    "": UNSPECIFIED,
    ProgressionKind.LOCAL: LOCAL,
    ProgressionKind.REGIONAL: REGIONAL,
    ProgressionKind.DISTANT: DISTANT,
    ProgressionKind.UNSPECIFIED: UNSPECIFIED,
}


def pattern_labels() -> dict[int, str]:
    """All patterns in words, in the order of the table."""
    return {
        NONE: _("No failure"),
        LOCAL: _("Local only"),
        REGIONAL: _("Regional only"),
        DISTANT: _("Distant only"),
        LOCAL + REGIONAL: _("Local and regional"),
        LOCAL + DISTANT: _("Local and distant"),
        REGIONAL + DISTANT: _("Regional and distant"),
        LOCAL + REGIONAL + DISTANT: _("Local, regional and distant"),
        UNSPECIFIED: _("Kind not specified"),
        UNKNOWN: not_known(),
    }


def counted_failures(cohort: Cohort) -> pd.DataFrame:
    """Progressions but for those before the time origin; undated ones are among them."""
    failures = cohort.progressions
    return failures[~(failures["days_from_origin"] < 0)]


def ever_patterns(failures: pd.DataFrame) -> pd.Series:
    """Patient → what the failures make together; a patient without failure is not in it."""
    bits = failures.assign(bit=failures["kind"].map(_BITS)).drop_duplicates(["USUBJID", "bit"])
    patterns = bits.groupby("USUBJID")["bit"].sum()
    # A kind that is not specified adds nothing to one that is.
    return patterns.where(patterns <= UNSPECIFIED, patterns - UNSPECIFIED)


def first_patterns(failures: pd.DataFrame, together_days: int) -> pd.Series:
    """Patient → what failed first: with the first failure counts what was found up to so many days
    after it. UNKNOWN where a failure has no date, for it may be the first.
    """
    days = failures["days_from_origin"]
    first = days.groupby(failures["USUBJID"]).transform("min")
    is_first = (days <= first + together_days) | days.isna()
    patterns = ever_patterns(failures[is_first])
    undated = failures["USUBJID"][days.isna()].unique()
    return patterns.mask(patterns.index.isin(undated), UNKNOWN)


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
    return cohort.table_of(failure)
