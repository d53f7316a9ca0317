"""How many patients each centre has enrolled in a study."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Min

from registry.models import Centre, Enrolment, Study
from registry.partial_date import PartialDate
from registry.scope import use_scope
from registry.selectors.studies import scope_in_force, sees_whole_study


@dataclass(frozen=True)
class CentreAccrual:
    """Enrolments of one centre; ``planned`` and the dates are None where not known."""

    centre: Centre
    planned: int | None
    enrolled: int
    first: PartialDate | None
    last: PartialDate | None


def accrual(study: Study) -> list[CentreAccrual]:
    """The centres of the study that the reader may see, with their enrolments."""
    parts = study.participations.select_related("centre").order_by("centre__code")
    if not sees_whole_study(study):
        parts = parts.filter(centre__in=scope_in_force().centre_ids)
    with use_scope(scope_in_force().for_figures()):
        enrolments = Enrolment.objects.live()
    counted = (
        enrolments.filter(study=study, patient__voided_at__isnull=True)
        .order_by()
        .values("patient__centre")
        .annotate(enrolled=Count("pk"), first=Min("enrolled_on"), last=Max("enrolled_on"))
    )
    by_centre = {row["patient__centre"]: row for row in counted}
    rows = []
    for part in parts:
        found = by_centre.get(part.centre_id, {})
        rows.append(
            CentreAccrual(
                centre=part.centre,
                planned=part.target_accrual,
                enrolled=found.get("enrolled", 0),
                first=found.get("first"),
                last=found.get("last"),
            )
        )
    return rows
