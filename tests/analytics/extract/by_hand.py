"""Facts typed by hand: ISO texts become the days of an analysis."""

from analytics.extract.days import Day, day_of
from analytics.extract.facts import (
    BaselineFact,
    CourseFact,
    DeathFact,
    LesionFact,
    PatientFacts,
    ProgressionFact,
    SurgeryFact,
    ToxicityFact,
)
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Censoring, EventKind, Population, TimePoint, Unit


def on(text: str | None) -> Day | None:
    return None if text is None else day_of(text)


def course(number=1, start=None, end=None):
    return CourseFact(number, number, on(start), on(end))


def surgery(performed, procedure="wide_excision"):
    return SurgeryFact(on(performed), procedure)


def progression(occurred, kind="local", field_relation="", lesion=None):
    return ProgressionFact(on(occurred), kind, field_relation, lesion)


def death(died, cause="unknown"):
    return DeathFact(on(died), cause)


def toxicity(onset, grade, phase):
    return ToxicityFact(on(onset), grade, phase)


def baseline(viable_sites, *, number=1, course_id=None):
    return BaselineFact(number, course_id, viable_sites)


def lesions(*course_ids):
    """Lesions 1, 2, … treated by these courses."""
    return {
        number: LesionFact(number, number, set(ids))
        for number, ids in enumerate(course_ids, start=1)
    }


def patient(**facts):
    """A patient irradiated from 10 to 24 January 2024 and last seen on 10 January 2026."""
    dated = ("enrolled", "diagnosed", "last_contact", "last_imaging", "last_local_imaging")
    facts = {"courses": [course(1, "2024-01-10", "2024-01-24")], "last_contact": "2026-01-10"} | {
        **facts
    }
    for name in dated:
        if name in facts:
            facts[name] = on(facts[name])
    return PatientFacts("P-1", "A", **facts)


def endpoint(
    events=(EventKind.LOCAL_PROGRESSION,),
    competing=(),
    *,
    unit=Unit.PATIENT,
    origin=TimePoint.FIRST_RT_DAY,
    censoring=Censoring.LAST_FOLLOW_UP,
    population=Population.ALL,
    horizon_days=None,
):
    return Endpoint(
        "EP",
        "An endpoint",
        "Defined by hand.",
        unit,
        origin,
        tuple(events),
        tuple(competing),
        censoring,
        population,
        horizon_days,
    )
