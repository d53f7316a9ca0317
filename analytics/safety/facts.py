"""What the rules of the safety watch look at, and how it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from analytics.extract.days import day_of
from analytics.extract.facts import PatientFacts, StudyFacts
from analytics.extract.read import facts_of
from analytics.extract.rows import StudyRows
from analytics.extract.tables import DateText
from analytics.extract.toxicity import phase_of, suspected_course
from registry.models import Patient, Study, ToxicityEvent
from registry.protocols.types import Protocol
from registry.scope import use_scope
from registry.selectors.studies import scope_in_force


class AdverseEvent(NamedTuple):
    """An adverse event on file, wound complications too.

    ``onset`` is the ISO text as stored, None where it is not known; ``phase`` is "acute", "late" or
    "", by the protocol's border.
    """

    id: int
    patient: PatientFacts
    term: str
    grade: int
    onset: str | None
    phase: str
    attribution: str
    present_before_rt: bool | None


@dataclass(frozen=True)
class SafetyFacts:
    """The facts of a study as the rules look at them.

    Attributes:
        study: the patients, as endpoints are made of them.
        protocol, protocol_version: of the version in force.
        events: all adverse events of these patients.
        patient_ids: pseudonym → key of the patient.
    """

    study: StudyFacts
    protocol: Protocol
    protocol_version: int
    events: tuple[AdverseEvent, ...]
    patient_ids: Mapping[str, int]


def read_safety_facts(study: Study, *, only: Patient | None = None) -> SafetyFacts:
    """The facts of the enrolled patients within the scope in force, or of one of them.

    A fixed number of queries. What a withdrawal cuts is as in
    :func:`analytics.extract.read.read_facts`.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    with use_scope(scope_in_force().of_roles()):
        rows = StudyRows.read(study, None, only=only)
        patient_ids = {one.pseudonym: pk for pk, one in rows.patients.items()}
        facts = facts_of(rows)
        return SafetyFacts(
            study=facts,
            protocol=rows.version.protocol,
            protocol_version=rows.version.number,
            events=tuple(sorted(_events(rows), key=lambda event: event.id)),
            patient_ids=patient_ids,
        )


def _events(rows: StudyRows) -> Iterator[AdverseEvent]:
    protocol = rows.version.protocol
    for patient, (pk, term, grade, onset, course_id, attribution, was_before) in rows.of(
        ToxicityEvent,
        "pk",
        "term__term",
        "grade",
        DateText("onset_on"),
        "course_id",
        "attribution",
        "present_before_rt",
    ):
        day = day_of(onset) if onset else None
        if patient.knows(day):
            phase = phase_of(day, suspected_course(patient, course_id), protocol)
            yield AdverseEvent(pk, patient, term, grade, onset, phase, attribution, was_before)
