"""Reads the facts of a study's patients in a fixed number of queries, whatever their number.

Rows come as plain values: a registry of 100,000 patients has millions of them. Voided rows, rows
of voided parents and voided patients are left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import CharField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

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
)
from registry.models import (
    Assessment,
    Baseline,
    ClinicalRow,
    Course,
    Death,
    Disease,
    Enrolment,
    ImagingStudy,
    Lesion,
    LossToFollowUp,
    Progression,
    Study,
    Surgery,
    TargetLesion,
    ToxicityEvent,
)
from registry.models.choices import ImagingRegion, WithdrawalScope
from registry.operation import surgery_follows_rt
from registry.scope import use_scope
from registry.selectors.studies import scope_in_force

LOCAL_REGIONS = (ImagingRegion.TREATED_SITE, ImagingRegion.WHOLE_BODY)
"""Regions whose imaging shows the treated site."""

WOUND_TERMS = Q(term__term__startswith="Wound ") | Q(term__term__endswith="Select: Wound")
"""CTCAE terms of wound complications: complication, dehiscence and infection; in release 3.0 an
infection is a selection of the wound within a general term."""


def read_facts(study: Study, data_cut: dt.date | None = None) -> StudyFacts:
    """The facts of the study's enrolled patients within the scope in force.

    A case that the reader sees by temporary access only is not among them.

    Facts whose analysis date lies after ``data_cut`` are left out, and so is what is dated after a
    patient's withdrawal from all further collection.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    with use_scope(scope_in_force().of_roles()):
        return _read(study, data_cut)


def _read(study: Study, data_cut: dt.date | None) -> StudyFacts:
    follows_rt = surgery_follows_rt(study.protocol_version().protocol.schedule)
    enrolled = Enrolment.objects.live().filter(study=study, patient__voided_at__isnull=True)
    patients = _enrolled(enrolled, data_cut, follows_rt)
    reader = _Reader(enrolled, patients)
    reader.treatment()
    reader.lesions()
    reader.outcome()
    reader.contacts()
    return StudyFacts(
        study_key=study.key,
        data_cut=data_cut,
        patients=tuple(sorted(patients.values(), key=lambda patient: patient.pseudonym)),
    )


def _enrolled(
    enrolments: QuerySet[Enrolment], data_cut: dt.date | None, surgery_follows_rt: bool
) -> dict[int, PatientFacts]:
    patients: dict[int, PatientFacts] = {}
    for patient_id, pseudonym, centre, enrolled, scope, withdrawn in enrolments.values_list(
        "patient_id",
        "patient__pseudonym",
        "patient__centre__code",
        _text("enrolled_on"),
        "withdrawal_scope",
        _text("withdrawn_on"),
    ):
        cut = data_cut
        if scope == WithdrawalScope.ALL and withdrawn:
            # In doubt for the patient: the first day that a partial date may stand for.
            withdrawal = day_of(withdrawn).earliest
            cut = withdrawal if cut is None else min(cut, withdrawal)
        patient = PatientFacts(pseudonym, centre, cut, surgery_follows_rt)
        patient.enrolled = patient.known(_day(enrolled))
        patients[patient_id] = patient
    return patients


class _Reader:
    """Fills in the patients table by table."""

    def __init__(self, enrolled: QuerySet[Enrolment], patients: dict[int, PatientFacts]) -> None:
        self._enrolled = enrolled.values("patient")
        self._patients = patients

    def _rows(
        self, model: type[ClinicalRow], *columns: str | Combinable, where: Q | None = None
    ) -> Iterator[tuple[PatientFacts, tuple[Any, ...]]]:
        """The patient and the columns of every live row of a table."""
        path = model.patient_path
        rows = model.objects.live().filter(**{f"{path}__in": self._enrolled})
        if where is not None:
            rows = rows.filter(where)
        for patient_id, *values in (
            rows.order_by().values_list(f"{path}_id", *columns).iterator(chunk_size=10_000)
        ):
            # A row written while we read may belong to a patient enrolled since.
            if patient_id in self._patients:
                yield self._patients[patient_id], tuple(values)

    def treatment(self) -> None:
        """Diagnosis, courses, operations, and the state at the start of a course."""
        first_disease: dict[str, int] = {}
        for patient, (number, diagnosed) in self._rows(Disease, "number", _text("diagnosed_on")):
            day = patient.known(_day(diagnosed))
            if day is not None and number <= first_disease.get(patient.pseudonym, number):
                first_disease[patient.pseudonym] = number
                patient.diagnosed = day
        for patient, (pk, number, start, end) in self._rows(
            Course, "pk", "number", _text("started_on"), _text("ended_on")
        ):
            days = patient.known(_day(start)), patient.known(_day(end))
            patient.courses.append(CourseFact(pk, number, *days))
        for patient, (performed, procedure) in self._rows(
            Surgery, _text("performed_on"), "procedure"
        ):
            day = _day(performed)
            if patient.knows(day):
                patient.surgeries.append(SurgeryFact(day, procedure))
        for patient, values in self._rows(Baseline, "number", "course_id", "viable_sites"):
            patient.baselines.append(BaselineFact(*values))

    def lesions(self) -> None:
        """Lesions, and which courses treat them."""
        for patient, (pk, number) in self._rows(Lesion, "pk", "number"):
            patient.lesions[pk] = LesionFact(pk, number)
        for patient, (lesion_id, course_id) in self._rows(
            TargetLesion,
            "lesion_id",
            "target__course_id",
            where=Q(target__voided_at__isnull=True, target__course__voided_at__isnull=True),
        ):
            if lesion_id in patient.lesions:
                patient.lesions[lesion_id].course_ids.add(course_id)

    def outcome(self) -> None:
        """Progressions, deaths and wound complications."""
        for patient, (occurred, *values) in self._rows(
            Progression, _text("occurred_on"), "kind", "field_relation", "lesion_id"
        ):
            day = _day(occurred)
            if patient.knows(day):
                patient.progressions.append(ProgressionFact(day, *values))
        for patient, (died, cause) in self._rows(Death, _text("died_on"), "cause"):
            day = _day(died)
            if patient.knows(day):
                patient.death = DeathFact(day, cause)
        for patient, (onset,) in self._rows(ToxicityEvent, _text("onset_on"), where=WOUND_TERMS):
            day = _day(onset)
            if patient.knows(day):
                patient.wound_complications.append(day)

    def contacts(self) -> None:
        """The last day with a contact, with imaging, and with imaging of the treated site.

        What shows that a patient lived is the same as in :func:`registry.derive.last_known_alive`.
        """
        for patient, (assessed,) in self._rows(Assessment, _text("assessed_on")):
            patient.last_contact = _later(patient, patient.last_contact, _day(assessed))
        for patient, (alive,) in self._rows(LossToFollowUp, _text("last_known_alive_on")):
            patient.last_contact = _later(patient, patient.last_contact, _day(alive))
        for patient, (performed, region) in self._rows(
            ImagingStudy,
            _text(Coalesce("performed_on", "assessment__assessed_on")),
            "region",
            where=Q(assessment__voided_at__isnull=True),
        ):
            day = _day(performed)
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


def _text(column: str | Combinable) -> ExpressionWrapper:
    """A date column as the ISO text that is stored, without making an object of every value."""
    expression = F(column) if isinstance(column, str) else column
    return ExpressionWrapper(expression, output_field=CharField())


def _day(text: str | None) -> Day | None:
    return None if text is None else day_of(text)
