"""Checks of the treatment plan: volumes and doses of targets and organs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place, phases_by_course, row_key
from registry.derive import phases_of
from registry.models import DoseMetric, Phase, Target
from registry.models.choices import MetricUnit

_NESTED = ("gtv_cm3", "ctv_cm3", "itv_cm3", "ptv_cm3")


def volumes_nested(case: Case, today: dt.date) -> Iterator[Place]:
    """The gross tumour volume lies in the clinical one, and that in the planning one."""
    for row in case.of(Target):
        volumes = [(name, getattr(row, name)) for name in _NESTED]
        known = [(name, volume) for name, volume in volumes if volume is not None]
        for (inner, small), (outer, large) in combinations(known, 2):
            # An ITV may be drawn around the GTV alone, without a CTV.
            if large < small and (inner, outer) != ("ctv_cm3", "itv_cm3"):
                message = _("{outer} of {large} cm³ is smaller than {inner} of {small} cm³")
                yield Place(
                    row,
                    outer,
                    message.format(
                        outer=outer[:3].upper(), large=large, inner=inner[:3].upper(), small=small
                    ),
                )
                break


_MOST_OF_PRESCRIBED = Decimal("1.2")


def d95_above_dose(case: Case, today: dt.date) -> Iterator[Place]:
    """The dose to 95 % of a PTV is at most 20 % above the prescribed one."""
    phases = phases_by_course(case)
    for row in case.of(Target):
        if row.ptv_d95_gy is None:
            continue
        dose = _total(phases_of(phases.get(row_key(row.course), []), row))
        if dose is not None and row.ptv_d95_gy > dose * _MOST_OF_PRESCRIBED:
            message = _("{d95} Gy, but {dose} Gy are prescribed")
            yield Place(row, "ptv_d95_gy", message.format(d95=row.ptv_d95_gy, dose=dose))


_HOTTEST = Decimal("1.7")
"""A prescription to the 60 % isodose has its maximum at 167 %."""


def metric_above_dose(case: Case, today: dt.date) -> Iterator[Place]:
    """A dose of an organ is not far above the dose of its course."""
    phases = phases_by_course(case)
    for row in case.of(DoseMetric):
        is_dose = row.unit in (MetricUnit.GY, MetricUnit.GY_RBE) and row.eqd2_alpha_beta_gy is None
        if not is_dose or row.value is None:
            continue
        dose = _total(phases.get(row_key(row.course), []))
        if dose is not None and row.value > dose * _HOTTEST:
            message = _("{value} Gy, but the course has {dose} Gy in all")
            yield Place(row, "value", message.format(value=row.value, dose=dose))


def mean_above_maximum(case: Case, today: dt.date) -> Iterator[Place]:
    """The mean dose of a structure is not above its maximum."""
    highest: dict[tuple[object, ...], Decimal] = {}
    rows = [row for row in case.of(DoseMetric) if row.value is not None]
    for row in rows:
        if row.metric == "Max":
            highest[_of_structure(row)] = row.value
    for row in rows:
        most = highest.get(_of_structure(row))
        if row.metric == "Mean" and most is not None and row.value > most:
            message = _("the mean is above the maximum of {most} {unit}")
            yield Place(row, "value", message.format(most=most, unit=row.unit))


def _of_structure(row: DoseMetric) -> tuple[object, ...]:
    return row_key(row.course), row.structure, row.unit, row.eqd2_alpha_beta_gy


def _total(phases: Sequence[Phase]) -> Decimal | None:
    """Gy of all phases; None when there is none or one of them has no dose."""
    doses = [phase.dose_gy for phase in phases]
    if not doses or None in doses:
        return None
    return sum((Decimal(dose) for dose in doses if dose is not None), Decimal())
