"""Reads the facts of a study's patients in a fixed number of queries, whatever their number."""

from __future__ import annotations

import datetime as dt

from analytics.extract.days import Day, day_of
from analytics.extract.facts import (
    BaselineFact,
    CourseFact,
    DeathFact,
    LesionFact,
    PatientFacts,
    ProgressionFact,
    StudyFacts,
    SurgeryFact,
    TherapyFact,
    ToxicityFact,
)
from analytics.extract.origins import operation_day
from analytics.extract.rows import StudyRows, known_day_of
from analytics.extract.tables import DateText
from analytics.extract.toxicity import (
    heals_after,
    is_wound,
    may_be_of_rt,
    phase_of,
    suspected_course,
)
from registry.models import (
    Assessment,
    Baseline,
    Course,
    Death,
    Disease,
    ImagingStudy,
    Lesion,
    LossToFollowUp,
    Progression,
    Study,
    Surgery,
    SystemicTherapy,
    TargetLesion,
    ToxicityEvent,
)
from registry.models.choices import ImagingRegion
from registry.scope import use_scope
from registry.selectors.studies import scope_in_force

LOCAL_REGIONS = (ImagingRegion.TREATED_SITE, ImagingRegion.WHOLE_BODY)
"""Regions whose imaging shows the treated site."""


def read_facts(study: Study, data_cut: dt.date | None = None) -> StudyFacts:
    """The facts of the study's enrolled patients within the scope in force.

    A case that the reader sees by temporary access only is not among them.

    Facts whose analysis date lies after ``data_cut`` are left out, and so is what is dated after a
    patient's withdrawal from all further collection.

    Errors as for :meth:`StudyRows.read`.
    """
    with use_scope(scope_in_force().for_figures()):
        return facts_of(StudyRows.read(study, data_cut))


def facts_of(rows: StudyRows) -> StudyFacts:
    """The facts of patients of whom nothing was read yet; fills them in."""
    _treatment(rows)
    _lesions(rows)
    _outcome(rows)
    _toxicity(rows)
    _contacts(rows)
    return StudyFacts(
        study_key=rows.study.key,
        data_cut=rows.data_cut,
        patients=tuple(sorted(rows.patients.values(), key=lambda patient: patient.pseudonym)),
    )


def _treatment(rows: StudyRows) -> None:
    """Diagnosis, courses, operations, drugs, and the state at the start of a course."""
    first_disease: dict[str, int] = {}
    for patient, (number, diagnosed) in rows.of(Disease, "number", DateText("diagnosed_on")):
        day = known_day_of(patient, diagnosed)
        if day is not None and number <= first_disease.get(patient.pseudonym, number):
            first_disease[patient.pseudonym] = number
            patient.diagnosed = day
    for patient, (pk, number, start, end) in rows.of(
        Course, "pk", "number", DateText("started_on"), DateText("ended_on")
    ):
        days = known_day_of(patient, start), known_day_of(patient, end)
        is_after_cut = not patient.knows(_day(start))
        patient.courses.append(CourseFact(pk, number, *days, is_after_cut))
    for patient, (performed, procedure) in rows.of(Surgery, DateText("performed_on"), "procedure"):
        day = _day(performed)
        if patient.knows(day):
            patient.surgeries.append(SurgeryFact(day, procedure))
    for patient, (started, ended, kind, timing) in rows.of(
        SystemicTherapy, DateText("started_on"), DateText("ended_on"), "kind", "timing"
    ):
        day = _day(started)
        if patient.knows(day):
            end = known_day_of(patient, ended)
            patient.therapies.append(TherapyFact(day, end, kind, timing))
    for patient, values in rows.of(Baseline, "number", "course_id", "viable_sites"):
        patient.baselines.append(BaselineFact(*values))


def _lesions(rows: StudyRows) -> None:
    """Lesions, and which courses treat them."""
    for patient, (pk, number) in rows.of(Lesion, "pk", "number"):
        patient.lesions[pk] = LesionFact(pk, number)
    for patient, (lesion_id, course_id) in rows.of(TargetLesion, "lesion_id", "target__course_id"):
        if lesion_id in patient.lesions:
            patient.lesions[lesion_id].course_ids.add(course_id)


def _outcome(rows: StudyRows) -> None:
    """Progressions and deaths."""
    for patient, (occurred, *values) in rows.of(
        Progression, DateText("occurred_on"), "kind", "field_relation", "lesion_id"
    ):
        day = _day(occurred)
        if patient.knows(day):
            patient.progressions.append(ProgressionFact(day, *values))
    for patient, (died, cause) in rows.of(Death, DateText("died_on"), "cause"):
        day = _day(died)
        if patient.knows(day):
            patient.death = DeathFact(day, cause)


def _toxicity(rows: StudyRows) -> None:
    """Wound complications, and what radiotherapy may have caused beside them."""
    protocol = rows.version.protocol
    for patient, (onset, grade, course_id, attribution, was_before, term) in rows.of(
        ToxicityEvent,
        DateText("onset_on"),
        "grade",
        "course_id",
        "attribution",
        "present_before_rt",
        "term__term",
    ):
        day = _day(onset)
        if not patient.knows(day):
            continue
        if is_wound(term):
            patient.wound_complications.append(day)
            if heals_after(operation_day(patient), day, protocol):
                continue
        if may_be_of_rt(attribution, was_before):
            phase = phase_of(day, suspected_course(patient, course_id), protocol)
            patient.toxicities.append(ToxicityFact(day, grade, phase))


def _contacts(rows: StudyRows) -> None:
    """The last day with a contact, with imaging, and with imaging of the treated site.

    What shows that a patient lived is the same as in :func:`registry.derive.last_known_alive`.
    """
    for patient, (assessed,) in rows.of(Assessment, DateText("assessed_on")):
        patient.last_contact = _later(patient, patient.last_contact, _day(assessed))
    for patient, (alive,) in rows.of(LossToFollowUp, DateText("last_known_alive_on")):
        patient.last_contact = _later(patient, patient.last_contact, _day(alive))
    for patient, (performed, assessed, region) in rows.of(
        ImagingStudy,
        DateText("performed_on"),
        DateText("assessment__assessed_on"),
        "region",
    ):
        day = _day(performed or assessed)
        patient.last_contact = _later(patient, patient.last_contact, day)
        patient.last_imaging = _later(patient, patient.last_imaging, day)
        if region in LOCAL_REGIONS:
            patient.last_local_imaging = _later(patient, patient.last_local_imaging, day)


def _later(patient: PatientFacts, known: Day | None, day: Day | None) -> Day | None:
    """The later of two days, the better known of equal ones; days after the cut do not count."""
    if day is None or not patient.knows(day):
        return known
    if known is None or day.day > known.day:
        return day
    return day if day.day == known.day and day.flag < known.flag else known


def _day(text: str | None) -> Day | None:
    return None if text is None else day_of(text)
