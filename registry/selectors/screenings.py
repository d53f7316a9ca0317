"""People who were screened for a study: enrolled, not enrolled, or not decided yet."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from registry.models import Screening


@dataclass(frozen=True)
class ScreeningFilter:
    """What the list is cut to; "" for everything."""

    study: str = ""
    centre: str = ""
    outcome: str = ""


def screenings(cut: ScreeningFilter) -> QuerySet[Screening]:
    """Screenings that the reader may see, the newest first."""
    rows = Screening.objects.live().select_related("study", "centre", "patient")
    if cut.study:
        rows = rows.filter(study__key=cut.study)
    if cut.centre:
        rows = rows.filter(centre__code=cut.centre)
    if cut.outcome:
        rows = rows.filter(outcome=cut.outcome)
    return rows.order_by("-pk")
