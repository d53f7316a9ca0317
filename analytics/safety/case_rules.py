"""Rules that single patients meet. Pure: facts in, cases out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analytics.extract.days import Day
from analytics.extract.facts import PatientFacts
from analytics.extract.toxicity import may_be_of_rt
from analytics.safety.facts import AdverseEvent, SafetyFacts
from analytics.safety.looks import Case, Look
from registry.models.choices import DeathCause

FATAL = 5
"""CTCAE grade of a death."""


@dataclass(frozen=True, slots=True)
class SevereToxicity:
    """Adverse events of at least this grade that were not there before radiotherapy.

    Attributes:
        grade: lowest CTCAE grade, 1 to 5.
        possible_only: only those that radiotherapy may have caused (docs/analysis-plan.md).
    """

    grade: int
    possible_only: bool

    def look(self, facts: SafetyFacts) -> Look:
        """The adverse events, one case each, in the order in which they were entered."""
        return Look(
            cases=tuple(_case(facts, event) for event in facts.events if self._is_met(event))
        )

    def _is_met(self, event: AdverseEvent) -> bool:
        if event.grade < self.grade or event.present_before_rt is True:
            return False
        return not self.possible_only or may_be_of_rt(event.attribution, event.present_before_rt)


@dataclass(frozen=True, slots=True)
class TreatmentDeath:
    """Deaths that the treatment may have caused.

    Their cause is treatment, or an adverse event of grade 5 may be of radiotherapy. With
    ``within_days`` also a death of whatever cause that may have come so many days after the last
    day of a course, or before it. Partial dates count as early as they allow.
    """

    within_days: int | None = None

    def look(self, facts: SafetyFacts) -> Look:
        """The deaths, one case per patient."""
        fatal: dict[str, list[str]] = {}
        for event in facts.events:
            if event.grade >= FATAL and may_be_of_rt(event.attribution, event.present_before_rt):
                fatal.setdefault(event.patient.pseudonym, []).append(event.term)
        return Look(cases=tuple(self._cases(facts, fatal)))

    def _cases(self, facts: SafetyFacts, fatal: dict[str, list[str]]) -> Iterator[Case]:
        for patient in facts.study.patients:
            terms = fatal.get(patient.pseudonym, [])
            days = days_after_rt(patient)
            is_soon = self.within_days is not None and days is not None and days <= self.within_days
            of_treatment = patient.death is not None and patient.death.cause == DeathCause.TREATMENT
            if not (terms or is_soon or of_treatment):
                continue
            death = patient.death
            told = {
                "cause": death.cause if death else "",
                "died_on": partial_text(death.day) if death and death.day else None,
                "fatal": terms,
                "days_after_rt": days,
            }
            yield Case(facts.patient_ids[patient.pseudonym], patient.pseudonym, None, told)


def days_after_rt(patient: PatientFacts) -> int | None:
    """Whole days from the last day of the last course before death to it; None without either.

    Of partial dates the fewest that they allow, 0 during a course.
    """
    if patient.death is None or patient.death.day is None:
        return None
    died = patient.death.day
    days = [
        max(0, (died.earliest - (course.end or course.start).latest).days)
        for course in patient.courses
        if course.start is not None and course.start.earliest <= died.latest
    ]
    return min(days, default=None)


def partial_text(day: Day) -> str:
    """ISO text of a day as far as it is known: "2024-03" where the day of the month is not."""
    return day.day.isoformat()[: {"": 10, "D": 7, "M": 4}[day.flag]]


def _case(facts: SafetyFacts, event: AdverseEvent) -> Case:
    pseudonym = event.patient.pseudonym
    told = {
        "term": event.term,
        "grade": event.grade,
        "onset": event.onset,
        "phase": event.phase,
        "attribution": event.attribution,
    }
    return Case(facts.patient_ids[pseudonym], pseudonym, event.id, told)
