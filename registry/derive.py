"""Facts that follow from other facts, each derived in this one place and stored nowhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from typing import Protocol as TypingProtocol

from registry import dose
from registry.case import Case
from registry.models import (
    Assessment,
    Course,
    Death,
    ImagingStudy,
    LossToFollowUp,
    Patient,
    Phase,
    Target,
    ToxicityEvent,
)
from registry.partial_date import PartialDate, analysis_date
from registry.protocols.types import Protocol
from registry.protocols.vocabulary import TimePoint


@dataclass(frozen=True)
class CourseDose:
    """Dose of a course or of one of its targets, in Gy (Gy(RBE) for protons and ions)."""

    total_gy: Decimal
    fraction_count: int | None
    dose_per_fraction_gy: float | None
    phases: tuple[dose.PhaseDose, ...]

    def bed_gy(self, alpha_beta_gy: float) -> float | None:
        """Biologically effective dose; None when the fractions of a phase are not known."""
        if self.fraction_count is None:
            return None
        return float(dose.course_bed(self.phases, alpha_beta_gy))

    def eqd2_gy(self, alpha_beta_gy: float) -> float | None:
        """Equivalent dose in 2 Gy fractions; None when the fractions are not known."""
        if self.fraction_count is None:
            return None
        return float(dose.course_eqd2(self.phases, alpha_beta_gy))


class DosedPhase(TypingProtocol):
    """Dose and fractions of a phase: a row of the table, saved or not, or its plain values."""

    @property
    def dose_gy(self) -> Any:
        """Dose of the whole phase, None where not known."""

    @property
    def fraction_count(self) -> Any:
        """Number of fractions, None where not known."""

    @property
    def target(self) -> Any:
        """The target that it doses, None for all targets of the course."""


OnePhase = TypeVar("OnePhase", bound=DosedPhase)


def phases_of(phases: Iterable[OnePhase], target: object = None) -> list[OnePhase]:
    """The phases that dose a target: its own and those for all targets of the course."""
    return [
        phase
        for phase in phases
        if target is None or phase.target is None or phase.target == target
    ]


def phase_groups(
    targets: Sequence[Target], phases: Sequence[Phase]
) -> list[tuple[list[Target], list[Phase]]]:
    """Targets that receive the same phases, with these; one group without targets for a course
    whose targets are not known. The rows need not be saved."""
    groups: list[tuple[list[Target], list[Phase]]] = []
    for target in targets:
        own = phases_of(phases, target)
        for treated, group in groups:
            if group == own:
                treated.append(target)
                break
        else:
            groups.append(([target], own))
    return groups or [([], list(phases))]


def course_dose(phases: Sequence[DosedPhase]) -> CourseDose | None:
    """Sum of the phases; None when there is none or one of them has no dose.

    The dose per fraction is None when the phases differ in it.
    """
    if not phases or any(phase.dose_gy is None for phase in phases):
        return None
    total = sum((Decimal(phase.dose_gy or 0) for phase in phases), Decimal())
    if any(phase.fraction_count is None for phase in phases):
        return CourseDose(total, None, None, ())
    parts = tuple(
        dose.PhaseDose(float(phase.dose_gy or 0), int(phase.fraction_count or 0))
        for phase in phases
    )
    per_fraction = {round(float(part.dose_gy) / part.fraction_count, 6) for part in parts}
    return CourseDose(
        total_gy=total,
        fraction_count=sum(part.fraction_count for part in parts),
        dose_per_fraction_gy=per_fraction.pop() if len(per_fraction) == 1 else None,
        phases=parts,
    )


def treatment_term_days(course: Course) -> int | None:
    """Days from the first to the last fraction, both counted; None unless both days are known."""
    return term_days(course.started_on, course.ended_on)


def term_days(start: PartialDate | None, end: PartialDate | None) -> int | None:
    """Days from ``start`` to ``end``, both counted; None unless both days are known."""
    if start is None or end is None or not (start.is_complete and end.is_complete):
        return None
    days: int = (end.to_date() - start.to_date()).days
    return days + 1


def age_years(birth: PartialDate | None, on: PartialDate | None) -> int | None:
    """Completed years of age; from the years alone (± 1) when a date is known only to the year."""
    if birth is None or on is None:
        return None
    first, last = analysis_date(birth)[0], analysis_date(on)[0]
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


def age_at(patient: Patient, on: PartialDate | None) -> int | None:
    """Age of the patient in completed years on a day."""
    return age_years(patient.birth_date, on)


def is_acute(event: ToxicityEvent, course: Course | None, protocol: Protocol) -> bool | None:
    """Acute (True) or late (False) by the protocol's border; None when it cannot be said.

    The border counts from the first or the last fraction of the suspected course, as the protocol
    says.
    """
    if course is None:
        return None
    return is_acute_onset(event.onset_on, course.started_on, course.ended_on, protocol)


class Span(TypingProtocol):
    """A date that may be partial: the first and the last day that it may stand for."""

    @property
    def earliest(self) -> dt.date:
        """First day."""

    @property
    def latest(self) -> dt.date:
        """Last day."""


def is_acute_onset(
    onset: Span | None, rt_start: Span | None, rt_end: Span | None, protocol: Protocol
) -> bool | None:
    """As :func:`is_acute`, from the dates: they must be known well enough to decide."""
    border = protocol.toxicity.acute
    if border is None or onset is None:
        return None
    anchor = rt_start if border.anchor is TimePoint.FIRST_RT_DAY else rt_end
    if anchor is None:
        return None
    if onset.latest <= border.last_acute_day(anchor.earliest):
        return True
    if onset.earliest > border.last_acute_day(anchor.latest):
        return False
    return None


def last_known_alive(case: Case) -> PartialDate | None:
    """The latest date at which the patient was known to live: contacts, imaging, loss statements.

    At the precision that it was stated with; which is the latest, the analysis rule says
    (:func:`registry.partial_date.analysis_date`).
    """
    dates = [row.assessed_on for row in case.of(Assessment)]
    dates += [row.performed_on for row in case.of(ImagingStudy)]
    dates += [row.last_known_alive_on for row in case.of(LossToFollowUp)]
    known = [date for date in dates if date is not None]
    return max(known, key=lambda date: analysis_date(date)[0], default=None)


def death_of(case: Case) -> Death | None:
    """The death of the patient, None while not known to be dead."""
    deaths = case.of(Death)
    return deaths[0] if deaths else None
