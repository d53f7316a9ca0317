"""A progression that a visit has shown: what its form begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from registry.case import Case
from registry.models import Assessment, ImagingStudy, LesionAssessment
from registry.models.choices import ImagingRegion, ProgressionKind, Response


def failure_found(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """Values of the failure found at the visit that the address names (``?assessment=3``).

    The day is that of the imaging of the treated site, else that of the visit. The lesion is named
    when it is the only one with progressive disease. Empty without such a visit or lesion.
    """
    visits = [row for row in case.of(Assessment) if str(row.number) == query.get("assessment", "")]
    if not visits:
        return {}
    (visit,) = visits
    lesions = [
        row.lesion
        for row in case.of(LesionAssessment)
        if row.assessment == visit and row.response == Response.PD
    ]
    if not lesions:
        return {}
    shown_on = [
        row.performed_on
        for row in case.of(ImagingStudy)
        if row.assessment == visit
        and row.region in (ImagingRegion.TREATED_SITE, ImagingRegion.WHOLE_BODY)
        and row.performed_on is not None
    ]
    return {
        "occurred_on": min(shown_on, default=visit.assessed_on),
        "kind": ProgressionKind.LOCAL,
        "lesion": lesions[0] if len(lesions) == 1 else None,
    }
