"""On which days a patient or a lesion had an event of a kind that endpoints know."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.extract.days import Day
from analytics.extract.facts import LesionFact, PatientFacts, ProgressionFact
from analytics.extract.origins import operation_day
from registry.models.choices import DeathCause, FieldRelation, Procedure, ProgressionKind
from registry.protocols.vocabulary import LATE_GRADES, EventKind, ToxicityPhase

OF_THE_LESION = (EventKind.LOCAL_PROGRESSION, EventKind.IN_FIELD_PROGRESSION)
"""Kinds that happen to one lesion; all others happen to the patient, hence to every lesion."""


def days_of(
    kind: EventKind, patient: PatientFacts, lesion: LesionFact | None = None
) -> Iterator[Day | None]:
    """Days of the events of a kind on record, None for one without a date.

    A failure counts for the lesion that it names. One that names none counts for the lesion if
    it is the only one treated. Of a patient, a local failure counts unless it names a lesion that
    was not treated beside others that were.
    """
    if kind is EventKind.DEATH_ANY or kind is EventKind.DEATH_DISEASE:
        death = patient.death
        if death and (kind is EventKind.DEATH_ANY or death.cause == DeathCause.DISEASE):
            yield death.day
    elif kind is EventKind.AMPUTATION:
        for surgery in patient.surgeries:
            if surgery.procedure == Procedure.AMPUTATION:
                yield surgery.day
    elif kind is EventKind.WOUND_COMPLICATION:
        operation = operation_day(patient)
        for onset in patient.wound_complications:
            if operation is not None and not (onset and onset.before(operation)):
                yield onset
    elif kind in LATE_GRADES:
        for toxicity in patient.toxicities:
            if toxicity.grade >= LATE_GRADES[kind] and toxicity.phase != ToxicityPhase.ACUTE:
                # Neither acute nor late for certain: it may be an event, on a day not known.
                yield toxicity.onset if toxicity.phase else None
    else:
        for progression in patient.progressions:
            if is_of_kind(progression, kind) and _concerns(progression, kind, patient, lesion):
                yield progression.day


def is_of_kind(progression: ProgressionFact, kind: EventKind) -> bool:
    """True when a failure is one of this kind, as :class:`EventKind` defines the kinds."""
    is_local = progression.kind == ProgressionKind.LOCAL
    in_field = is_local and progression.field_relation != FieldRelation.OUT_OF_FIELD
    return {
        EventKind.ANY_PROGRESSION: True,
        EventKind.LOCAL_PROGRESSION: is_local,
        EventKind.REGIONAL_PROGRESSION: progression.kind == ProgressionKind.REGIONAL,
        EventKind.DISTANT_PROGRESSION: progression.kind == ProgressionKind.DISTANT,
        EventKind.IN_FIELD_PROGRESSION: in_field,
        EventKind.OUT_OF_FIELD_PROGRESSION: not in_field,
    }[kind]


def unassigned_days(kind: EventKind, patient: PatientFacts) -> Iterator[Day | None]:
    """Days of local failures that may be any of several treated lesions, for none is named."""
    if kind in OF_THE_LESION and len(patient.treated_lesions()) > 1:
        for progression in patient.progressions:
            if progression.lesion_id is None and is_of_kind(progression, kind):
                yield progression.day


def _concerns(
    progression: ProgressionFact, kind: EventKind, patient: PatientFacts, lesion: LesionFact | None
) -> bool:
    treated = [row.id for row in patient.treated_lesions()]
    if kind not in OF_THE_LESION:
        return True
    if lesion is None:
        is_elsewhere = progression.lesion_id is not None and progression.lesion_id not in treated
        return not (kind is EventKind.LOCAL_PROGRESSION and treated and is_elsewhere)
    if progression.lesion_id is None:
        return len(treated) == 1
    return progression.lesion_id == lesion.id
