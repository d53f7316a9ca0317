"""Named reads of the duties: expected visits (:mod:`visits`), the status grid, the search."""

from followup.selectors.visits import (
    CentreCounts,
    FollowUpSummary,
    StudySummary,
    VisitCounts,
    Worklist,
    WorklistPart,
    WorklistRow,
    counts,
    counts_for_summary,
    current,
    overdue_on,
    per_centre_counts,
    unscheduled_of,
    visits_of,
    worklist,
)

__all__ = [
    "CentreCounts",
    "FollowUpSummary",
    "StudySummary",
    "VisitCounts",
    "Worklist",
    "WorklistPart",
    "WorklistRow",
    "counts",
    "counts_for_summary",
    "current",
    "overdue_on",
    "per_centre_counts",
    "unscheduled_of",
    "visits_of",
    "worklist",
]
