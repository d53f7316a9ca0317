"""Where a course departs from the protocol: technique, dose language, dose, timing, organ doses.

A deviation is no error: the course was given as it was given. It is shown at entry and on the
patient's page, and never refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from registry.case import Case
from registry.constraints import judgements
from registry.derive import course_dose, phase_groups
from registry.models import Course, Disease, DoseMetric, Phase, Target
from registry.protocols import Protocol
from registry.protocols.types import DosePattern, PhasePattern, Range
from registry.protocols.vocabulary import DoseUnit, Region
from registry.terminology.codes import group_of
from registry.time_points import time_point

EXTREMITY_REGIONS = frozenset({"upper_extremity", "lower_extremity", "extremity"})
"""Regions of the list region_site that constraints call "extremity"."""


@dataclass(frozen=True)
class Deviation:
    """What departs, in words; ``about`` is technique, dose, timing or organ."""

    about: str
    text: str


def deviations(case: Case, course: Course, protocol: Protocol) -> list[Deviation]:
    """Every departure of the course from the protocol that its facts show.

    What is not known is no departure. The course and its parts are those of ``case``, saved or not.
    """
    phases = [row for row in case.of(Phase) if row.course == course]
    targets = [row for row in case.of(Target) if row.course == course]
    metrics = [row for row in case.of(DoseMetric) if row.course == course]
    return [
        *_technique(course, protocol),
        *_dose(phases, targets, protocol),
        *_timing(case, course, protocol),
        *_organs(metrics, protocol, _region(case), _prescribed_gy(targets, phases)),
    ]


def _technique(course: Course, protocol: Protocol) -> Iterator[Deviation]:
    allowed = [technique.value for technique in protocol.dose.techniques]
    if course.technique and allowed and course.technique not in allowed:
        text = _("{technique} is not a technique of the protocol").format(
            technique=course.get_technique_display()
        )
        yield Deviation("technique", text)
    if course.radiation_type and course.dose_unit != protocol.dose.unit.value:
        text = _("doses in {unit}; the protocol speaks of {other}").format(
            unit=course.dose_unit, other=protocol.dose.unit.value
        )
        yield Deviation("dose", text)
    model = protocol.dose.rbe_model
    weighted = protocol.dose.unit is DoseUnit.GY_RBE
    if weighted and model is not None and course.rbe_model not in ("", model.value):
        text = _("RBE model {model}; the protocol's is another one").format(
            model=course.get_rbe_model_display()
        )
        yield Deviation("dose", text)


def _dose(
    phases: Sequence[Phase], targets: Sequence[Target], protocol: Protocol
) -> Iterator[Deviation]:
    """Each target's phases fit one of the protocol's patterns.

    A volume that receives a part of what another one does (the initial volume around the boost) is
    no way of treating by itself.
    """
    if not protocol.dose.patterns:
        return
    groups = [group for _treated, group in phase_groups(targets, phases)]
    for group in groups:
        if any(len(other) > len(group) and all(p in other for p in group) for other in groups):
            continue
        if not group or any(row.dose_gy is None or row.fraction_count is None for row in group):
            continue
        if not any(_fits(group, pattern) for pattern in protocol.dose.patterns):
            given = " + ".join(f"{_number(row.dose_gy)} / {row.fraction_count}" for row in group)
            patterns = "; ".join(pattern.label for pattern in protocol.dose.patterns)
            text = _("{given} (Gy / fractions) is none of the protocol's patterns: {patterns}")
            yield Deviation("dose", text.format(given=given, patterns=patterns))


def _fits(phases: Sequence[Phase], pattern: DosePattern) -> bool:
    return len(phases) == len(pattern.phases) and all(
        _phase_fits(phase, wanted) for phase, wanted in zip(phases, pattern.phases, strict=True)
    )


def _phase_fits(phase: Phase, wanted: PhasePattern) -> bool:
    per_week = phase.fractions_per_week
    return (
        _within(phase.dose_gy, wanted.dose)
        and (wanted.fractions is None or _within(phase.fraction_count, wanted.fractions))
        and (wanted.fractions_per_week is None or per_week in (None, wanted.fractions_per_week))
    )


def _within(value: Decimal | int | None, limits: Range) -> bool:
    return value is not None and limits.low <= float(value) <= limits.high


def _timing(case: Case, course: Course, protocol: Protocol) -> Iterator[Deviation]:
    for step in protocol.timing:
        first = time_point(case, step.anchor, protocol, course)
        second = time_point(case, step.event, protocol, course)
        if first is None or second is None:
            continue
        if not (first.is_complete and second.is_complete):
            continue
        days = (second.to_date() - first.to_date()).days
        if not step.from_days <= days <= step.until_days:
            text = _("{rule} Here: {days} days ({weeks} weeks).").format(
                rule=step.text, days=days, weeks=_number(Decimal(days) / 7)
            )
            yield Deviation("timing", text)


def _organs(
    metrics: Sequence[DoseMetric],
    protocol: Protocol,
    region: Region | None,
    prescribed_gy: float | None,
) -> Iterator[Deviation]:
    for constraint in protocol.constraints:
        if constraint.region in (Region.ANY, region):
            for judgement in judgements(constraint, metrics, prescribed_gy=prescribed_gy):
                if not judgement.is_kept:
                    rows = [measured.figure for measured in judgement.measured]
                    given = ", ".join(f"{row} {_number(row.value)}" for row in rows)
                    yield Deviation("organ", f"{given}: {constraint.text}")


def _prescribed_gy(targets: Sequence[Target], phases: Sequence[Phase]) -> float | None:
    """The highest dose of a target of the course; None where no dose is known."""
    doses = (course_dose(group) for _treated, group in phase_groups(targets, phases))
    return max((float(dose.total_gy) for dose in doses if dose is not None), default=None)


def _region(case: Case) -> Region | None:
    """Where the disease lies, for constraints of one region; None when it is not known."""
    regions = (constraint_region(disease.site) for disease in case.of(Disease))
    return next((region for region in regions if region is not None), None)


def constraint_region(site: str) -> Region | None:
    """The region of a site of the list region_site, as constraints name it; None for no site."""
    group = group_of("region_site", site)
    if not group:
        return None
    return Region.EXTREMITY if group in EXTREMITY_REGIONS else Region.TRUNK_WALL


def _number(value: Decimal | None) -> str:
    return "" if value is None else str(number_format(f"{float(value):.4g}"))
