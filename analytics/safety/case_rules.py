"""Rules that single patients meet. Pure: facts in, cases out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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
        met = filter(self._is_met, facts.events)
        return Look(cases=tuple(_case(facts, event.patient, event) for event in met))

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
        fatal = {event.patient.pseudonym for event in facts.events if _is_fatal(event)}
        met = (
            patient
            for patient in facts.study.patients
            if patient.pseudonym in fatal or self._is_met(patient)
        )
        return Look(cases=tuple(_case(facts, patient, None) for patient in met))

    def _is_met(self, patient: PatientFacts) -> bool:
        if patient.death is not None and patient.death.cause == DeathCause.TREATMENT:
            return True
        days = days_after_rt(patient)
        return self.within_days is not None and days is not None and days <= self.within_days


def event_facts(event: AdverseEvent) -> dict[str, Any]:
    """What is told of an adverse event, as JSON."""
    return {
        "term": event.term,
        "grade": event.grade,
        "onset": event.onset,
        "phase": event.phase,
        "attribution": event.attribution,
        "present_before_rt": event.present_before_rt,
    }


def death_facts(facts: SafetyFacts, patient: PatientFacts) -> dict[str, Any]:
    """What is told of a death, as JSON."""
    death = patient.death
    fatal = (one.term for one in facts.events if one.patient is patient and _is_fatal(one))
    return {
        "cause": death.cause if death else "",
        "died_on": partial_text(death.day) if death and death.day else None,
        "fatal": list(fatal),
        "days_after_rt": days_after_rt(patient),
    }


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


def _is_fatal(event: AdverseEvent) -> bool:
    return event.grade >= FATAL and may_be_of_rt(event.attribution, event.present_before_rt)


def _case(facts: SafetyFacts, patient: PatientFacts, event: AdverseEvent | None) -> Case:
    return Case(
        patient_id=facts.patient_ids[patient.pseudonym],
        pseudonym=patient.pseudonym,
        toxicity_id=event.id if event else None,
        facts=event_facts(event) if event else death_facts(facts, patient),
    )
