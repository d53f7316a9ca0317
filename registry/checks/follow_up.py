"""Checks of visits, responses, progression, loss and death against each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place, days_between, earliest, operations, precedes, row_key
from registry.completeness import protocols_of
from registry.derive import death_of
from registry.models import (
    Assessment,
    Course,
    ImagingStudy,
    Lesion,
    LesionAssessment,
    LossToFollowUp,
    Progression,
    SystemicTherapy,
    TargetLesion,
)
from registry.models.choices import (
    DeathCause,
    DiseaseStatus,
    FieldRelation,
    ProgressionKind,
    Response,
)
from registry.partial_date import PartialDate
from registry.protocols.vocabulary import StudyKind
from registry.recist import response_of_lesion


def visits_on_one_day(case: Case, today: dt.date) -> Iterator[Place]:
    """There is one assessment of a kind on a day."""
    seen: dict[tuple[str, PartialDate], Assessment] = {}
    for row in case.of(Assessment):
        day = row.assessed_on
        if day is None or not day.is_complete:
            continue
        first = seen.setdefault((row.kind, day), row)
        if first is not row:
            message = _("the same day and kind as assessment {number}: was it entered twice?")
            yield Place(row, "assessed_on", message.format(number=first.number))


_VISIT_DAYS = 60


def imaging_far_from_visit(case: Case, today: dt.date) -> Iterator[Place]:
    """An examination lies within 60 days of the visit that it is entered with."""
    for row in case.of(ImagingStudy):
        visit, day = row.assessment.assessed_on, row.performed_on
        if visit is None or day is None:
            continue
        if max(days_between(visit, day), days_between(day, visit)) > _VISIT_DAYS:
            message = _("{day} is far from the visit on {visit}")
            yield Place(row, "performed_on", message.format(day=day, visit=visit))


def complete_response_measured(case: Case, today: dt.date) -> Iterator[Place]:
    """A complete response leaves nothing to measure, and nothing to measure is a complete one."""
    for row in case.of(LesionAssessment):
        diameter = row.longest_diameter_cm
        if diameter is None or not row.response or row.response == Response.NE:
            continue
        if (row.response == Response.CR) != (diameter == 0):
            message = _("{response} with a diameter of {diameter} cm")
            response = row.get_response_display()
            yield Place(row, "response", message.format(response=response, diameter=diameter))


def _failed(case: Case) -> set[int]:
    """Lesions with a local progression; 0 stands for a local progression without lesion."""
    return {
        0 if row.lesion is None else row_key(row.lesion)
        for row in case.of(Progression)
        if row.kind in (ProgressionKind.LOCAL, ProgressionKind.UNSPECIFIED)
    }


def response_without_progression(case: Case, today: dt.date) -> Iterator[Place]:
    """Of a lesion with progressive disease a progression is entered."""
    failed = _failed(case)
    for row in case.of(LesionAssessment):
        if row.response == Response.PD and not failed & {0, row_key(row.lesion)}:
            message = _("progressive disease of lesion {number}: enter the progression")
            yield Place(row, "response", message.format(number=row.lesion.number))


def growth_without_progression(case: Case, today: dt.date) -> Iterator[Place]:
    """Growth by 20 % and 5 mm over the smallest diameter (RECIST 1.1) is progressive disease."""
    failed = _failed(case)
    series: dict[int, list[LesionAssessment]] = {}
    for row in case.of(LesionAssessment):
        day = row.assessment.assessed_on
        if row.longest_diameter_cm is not None and day is not None:
            series.setdefault(row_key(row.lesion), []).append(row)
    for key, rows in series.items():
        baseline = rows[0].lesion.longest_diameter_cm
        if baseline is None or failed & {0, key}:
            continue
        smallest = baseline
        for row in sorted(rows, key=lambda one: str(one.assessment.assessed_on)):
            diameter = row.longest_diameter_cm
            told = response_of_lesion(baseline, diameter, [smallest])
            if told.response == Response.PD and row.response != Response.PD:
                message = _("grown as for progressive disease ({why})")
                yield Place(row, "longest_diameter_cm", message.format(why=told.why))
                break
            smallest = smallest if diameter is None else min(smallest, diameter)


def before_lesion_found(case: Case, today: dt.date) -> Iterator[Place]:
    """A lesion is assessed, and fails, after it was found."""
    for row in case.of(LesionAssessment):
        found = row.lesion.found_on
        if precedes(row.assessment.assessed_on, found):
            yield Place(
                row, "lesion", _("assessed before it was found ({date})").format(date=found)
            )
    for failure in case.of(Progression):
        found = failure.lesion.found_on if failure.lesion is not None else None
        if precedes(failure.occurred_on, found):
            message = _("before the lesion was found ({date})")
            yield Place(failure, "occurred_on", message.format(date=found))


def progression_before_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A progression in the treated field comes after the treatment began."""
    starts = [row.started_on for row in case.of(Course) if row.started_on is not None]
    if not starts:
        return
    for row in case.of(Progression):
        found = row.occurred_on if row.field_relation == "in_field" else None
        if found is not None and all(found.before(start) for start in starts):
            yield Place(row, "occurred_on", _("in field, but before the first course"))


def progression_before_rt(case: Case, today: dt.date) -> Iterator[Place]:
    """In a treatment study progression is followed from the first course on, not before it."""
    start = earliest(row.started_on for row in case.of(Course))
    # In field is the check above.
    early = [
        row
        for row in case.of(Progression)
        if row.field_relation != "in_field" and precedes(row.occurred_on, start)
    ]
    if not early:
        return
    # Elsewhere the course may be the answer to the progression.
    kinds = {protocol.kind for protocol in protocols_of(case)}
    if kinds and StudyKind.TREATMENT not in kinds:
        return
    for row in early:
        message = _("before the first course ({date}): is it part of the history?")
        yield Place(row, "occurred_on", message.format(date=start))


def local_without_lesion(case: Case, today: dt.date) -> Iterator[Place]:
    """A local progression names the lesion that failed, where there are several."""
    if len(case.of(Lesion)) < 2:
        return
    for row in case.of(Progression):
        is_local = row.kind == ProgressionKind.LOCAL
        if is_local and row.lesion is None and not row.reason_missing("lesion"):
            yield Place(row, "lesion", _("say which lesion failed"))


def failure_of_untreated(case: Case, today: dt.date) -> Iterator[Place]:
    """A local failure is one of a lesion that was irradiated."""
    treated = {row_key(row.lesion) for row in case.of(TargetLesion)}
    if not treated:
        return
    for row in case.of(Progression):
        if row.kind != ProgressionKind.LOCAL or row.lesion is None:
            continue
        if row_key(row.lesion) not in treated:
            message = _("no course treats lesion {number}: is the failure regional or distant?")
            yield Place(row, "lesion", message.format(number=row.lesion.number))


def distant_in_field(case: Case, today: dt.date) -> Iterator[Place]:
    """A distant progression lies outside of the field."""
    for row in case.of(Progression):
        if row.kind == ProgressionKind.DISTANT and row.field_relation in _AT_FIELD:
            relation = row.get_field_relation_display()
            message = _("“{relation}”, but the progression is distant: is it a local one?")
            yield Place(row, "field_relation", message.format(relation=relation))


_AT_FIELD = (FieldRelation.IN_FIELD, FieldRelation.MARGINAL)


def no_evidence_after_progression(case: Case, today: dt.date) -> Iterator[Place]:
    """After a progression there is disease until something was done about it."""
    failures = [row.occurred_on for row in case.of(Progression) if row.occurred_on is not None]
    if not failures:
        return
    last = max(failures)
    treated = [row.started_on for row in case.of(Course)]
    treated += [row.started_on for row in case.of(SystemicTherapy)]
    treated += [row.performed_on for row in operations(case)]
    if any(day is None or not day.before(last) for day in treated):
        return
    for row in case.of(Assessment):
        is_free = row.disease_status == DiseaseStatus.NO_EVIDENCE
        if is_free and precedes(last, row.assessed_on):
            message = _("no evidence of disease, but progression on {date} and no treatment since")
            yield Place(row, "disease_status", message.format(date=last))


def lost_but_seen(case: Case, today: dt.date) -> Iterator[Place]:
    """A patient who was seen after being declared lost is found again."""
    seen = [row.assessed_on for row in case.of(Assessment) if row.assessed_on is not None]
    for row in case.of(LossToFollowUp):
        declared = row.declared_on
        if row.found_again_on is None and declared is not None:
            later = [day for day in seen if declared.before(day)]
            if later:
                message = _("seen on {date} after being declared lost: enter it here")
                yield Place(row, "found_again_on", message.format(date=min(later)))


def alive_later_than_stated(case: Case, today: dt.date) -> Iterator[Place]:
    """A patient who was lost was last known alive at the last assessment, or later."""
    seen = [row.assessed_on for row in case.of(Assessment) if row.assessed_on is not None]
    for row in case.of(LossToFollowUp):
        stated, declared = row.last_known_alive_on, row.declared_on
        if stated is None:
            continue
        until = [day for day in seen if declared is None or not declared.before(day)]
        if until and stated.before(max(until)):
            message = _("there is a later assessment ({date})")
            yield Place(row, "last_known_alive_on", message.format(date=max(until)))


def dead_and_lost(case: Case, today: dt.date) -> Iterator[Place]:
    """Of a patient who is known to be dead, no loss to follow-up stays open."""
    if death_of(case) is None:
        return
    for row in case.of(LossToFollowUp):
        if row.found_again_on is None:
            message = _("the death is known: say when the patient was found again")
            yield Place(row, "found_again_on", message)


def died_of_disease_without_progression(case: Case, today: dt.date) -> Iterator[Place]:
    """Who dies of sarcoma had a progression, or was never free of disease."""
    death = death_of(case)
    if death is None or death.cause != DeathCause.DISEASE or case.of(Progression):
        return
    seen = [row for row in case.of(Assessment) if row.assessed_on is not None]
    seen.sort(key=lambda row: str(row.assessed_on))
    if seen and seen[-1].disease_status == DiseaseStatus.NO_EVIDENCE:
        message = _("death of sarcoma, but no evidence of disease at last and no progression")
        yield Place(death, "cause", message)


def declared_in_disorder(case: Case, today: dt.date) -> Iterator[Place]:
    """One loss to follow-up ends before the next is declared."""
    rows = [row for row in case.of(LossToFollowUp) if row.declared_on is not None]
    for first, second in pairwise(sorted(rows, key=lambda row: str(row.declared_on))):
        if precedes(second.declared_on, first.found_again_on):
            message = _("before the patient was found again ({date})")
            yield Place(second, "declared_on", message.format(date=first.found_again_on))


_ATTEMPTS = ("phoned_on", "wrote_on", "asked_registry_on")


def lost_without_attempt(case: Case, today: dt.date) -> Iterator[Place]:
    """Before a patient is declared lost somebody tries: telephone, letter, a registry, or else."""
    for row in case.of(LossToFollowUp):
        tried = row.attempts.strip() or any(getattr(row, name) for name in _ATTEMPTS)
        if row.declared_on is not None and not tried:
            yield Place(row, "attempts", _("declared lost, and no attempt to reach is entered"))


def attempts_in_disorder(case: Case, today: dt.date) -> Iterator[Place]:
    """Attempts to reach a patient lie between the last day known alive and the declared loss."""
    for row in case.of(LossToFollowUp):
        for name in _ATTEMPTS:
            day = getattr(row, name)
            if precedes(row.declared_on, day):
                message = _("after the loss was declared ({date})")
                yield Place(row, name, message.format(date=row.declared_on))
            elif precedes(day, row.last_known_alive_on):
                message = _("before the patient was last known alive ({date})")
                yield Place(row, name, message.format(date=row.last_known_alive_on))
