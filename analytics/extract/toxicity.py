"""Which course an adverse event belongs to, and whether it is acute or late."""

from __future__ import annotations

from analytics.extract.days import Day
from analytics.extract.facts import CourseFact, PatientFacts
from registry.derive import is_acute_onset
from registry.models.choices import Attribution
from registry.protocols.types import Protocol
from registry.protocols.vocabulary import ToxicityPhase

NOT_OF_RT = frozenset({Attribution.UNRELATED, Attribution.UNLIKELY})
"""Attributions under which an event is none of radiotherapy."""


def is_wound(term: str) -> bool:
    """True for CTCAE terms of wound complications: complication, dehiscence and infection.

    In release 3.0 an infection is a selection of the wound within a general term.
    """
    return term.startswith("Wound ") or term.endswith("Select: Wound")


def suspected_course(patient: PatientFacts, course_id: int | None) -> CourseFact | None:
    """The course named as suspected; where none is, the only one that the patient had."""
    if course_id is not None:
        return next((course for course in patient.courses if course.id == course_id), None)
    given = patient.given_courses()
    return given[0] if len(given) == 1 else None


def phase_of(onset: Day | None, course: CourseFact | None, protocol: Protocol) -> str:
    """ "acute" or "late" by the protocol's border, "" where onset or course do not say."""
    if course is None:
        return ""
    acute = is_acute_onset(onset, course.start, course.end, protocol)
    if acute is None:
        return ""
    return ToxicityPhase.ACUTE.value if acute else ToxicityPhase.LATE.value


def may_be_of_rt(attribution: str, present_before_rt: bool | None) -> bool:
    """False for an event that is judged unrelated or unlikely, or was there before."""
    return attribution not in NOT_OF_RT and present_before_rt is not True


def heals_after(operation: Day | None, onset: Day | None, protocol: Protocol) -> bool:
    """True on the days after the operation on which the protocol counts wounds by themselves."""
    days = protocol.toxicity.wound_days_after_surgery
    if days is None or operation is None or onset is None:
        return False
    return 0 <= (onset.day - operation.day).days <= days
