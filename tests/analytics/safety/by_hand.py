"""Facts for the rules, typed by hand, without a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import count

from analytics.extract.facts import PatientFacts, StudyFacts
from analytics.safety.facts import AdverseEvent, SafetyFacts
from registry.protocols import preset
from tests.analytics.extract import by_hand

RT_START, RT_END = dt.date(2024, 1, 10), dt.date(2024, 1, 24)
"""Of every patient of :func:`patient`."""

_keys = count(1)


def patient(pseudonym="P-1", *, last_seen=730, **facts):
    """Irradiated from 10 to 24 January 2024, last seen so many days after the first day."""
    seen = (RT_START + dt.timedelta(last_seen)).isoformat()
    made = by_hand.patient(last_contact=seen, last_imaging=seen, last_local_imaging=seen, **facts)
    made.pseudonym = pseudonym
    return made


def event(of, grade, *, term="Fatigue", onset="2025-03-01", phase="late", said="", before=None):
    """An adverse event of a patient; ``said`` is the attribution."""
    return AdverseEvent(next(_keys), of, term, grade, onset, phase, said, before)


def facts(
    patients: Iterable[PatientFacts], events: Iterable[AdverseEvent] = (), *, key: str = "cnao"
) -> SafetyFacts:
    """A study of these patients; the first has the key 1, and so on."""
    people = tuple(patients)
    return SafetyFacts(
        study=StudyFacts(key, None, people),
        protocol=preset(key),
        protocol_version=1,
        events=tuple(events),
        patient_ids={one.pseudonym: place for place, one in enumerate(people, start=1)},
    )
