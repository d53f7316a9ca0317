"""Response of the lesions at an assessment as it is typed, by the rules of registry.recist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from registry.case import Case
from registry.models import Assessment, Lesion, LesionAssessment
from registry.models.choices import Response
from registry.recist import (
    DiameterResponse,
    Growth,
    growth_by_20_percent,
    nadir_cm,
    response_of_lesion,
    response_of_sum,
    sum_cm,
)

MOST_TARGETS = 5
"""Lesions that RECIST 1.1 sums up at most."""


@dataclass(frozen=True)
class LesionTrend:
    """One lesion at an assessment.

    Attributes:
        told: what its diameters say.
        growth: whether it has grown by 20 % over the smallest diameter, whatever the millimetres.
        entered: the response that the person chose; None while none is chosen.
        differs: that response is another one than the diameters'.
    """

    lesion: Lesion
    told: DiameterResponse
    growth: Growth
    entered: Response | None
    differs: bool


@dataclass(frozen=True)
class Trends:
    """All lesions that are measured or judged, and the sum of the measured ones."""

    lesions: list[LesionTrend]
    total: DiameterResponse | None

    @property
    def progressive(self) -> list[Lesion]:
        """Lesions for which progressive disease is entered."""
        return [trend.lesion for trend in self.lesions if trend.entered is Response.PD]


def trends(case: Case, current: Assessment, rows: Sequence[LesionAssessment]) -> Trends:
    """What the diameters of an assessment say.

    The baseline is the lesion's own diameter; the nadir runs over earlier assessments.

    Args:
        rows: what is entered for the lesions at the assessment ``current``.
    """
    earlier = _earlier(case, current)
    found = []
    for row in rows:
        lesion, now = row.lesion, _measured(row)
        if now is None and not row.response:
            continue
        before = [diameters.get(lesion) for diameters in earlier]
        told = response_of_lesion(lesion.longest_diameter_cm, now, before)
        entered = Response(row.response) if row.response else None
        found.append(
            LesionTrend(
                lesion=lesion,
                told=told,
                growth=growth_by_20_percent(nadir_cm(lesion.longest_diameter_cm, before), now),
                entered=entered,
                differs=entered is not None
                and told.response is not Response.NE
                and entered is not told.response,
            )
        )
    return Trends(found, _total(case, rows, earlier))


def _total(
    case: Case, rows: Sequence[LesionAssessment], earlier: Sequence[dict[Lesion, Decimal]]
) -> DiameterResponse | None:
    """The sum over the lesions with a diameter at the start; None unless there are two to five."""
    lesions = [row for row in case.of(Lesion) if row.longest_diameter_cm]
    now = {row.lesion: _measured(row) for row in rows}
    if not 2 <= len(lesions) <= MOST_TARGETS or not any(
        now.get(one) is not None for one in lesions
    ):
        return None
    return response_of_sum(
        [lesion.longest_diameter_cm for lesion in lesions],
        [now.get(lesion) for lesion in lesions],
        [sum_cm([diameters.get(lesion) for lesion in lesions]) for diameters in earlier],
    )


def _measured(row: LesionAssessment) -> Decimal | None:
    """The diameter; None for one below 0, which the checks refuse."""
    diameter: Decimal | None = row.longest_diameter_cm
    return diameter if diameter is not None and diameter >= 0 else None


def _earlier(case: Case, current: Assessment) -> list[dict[Lesion, Decimal]]:
    """Diameters by lesion of every assessment before this one."""
    measured: dict[Assessment, dict[Lesion, Decimal]] = {}
    for row in case.of(LesionAssessment):
        visit = row.assessment
        if row.longest_diameter_cm is None or visit == current or visit.is_void:
            continue
        if _is_before(visit, current):
            measured.setdefault(visit, {})[row.lesion] = row.longest_diameter_cm
    return list(measured.values())


def _is_before(one: Assessment, other: Assessment) -> bool:
    """By date; by number where a date is not known."""
    if one.assessed_on is not None and other.assessed_on is not None:
        return bool(one.assessed_on < other.assessed_on)
    return one.number < other.number
