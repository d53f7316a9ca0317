"""A case that no check has anything to say about, and ways to spoil it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from registry.case import Case
from registry.checks import check_case
from registry.checks.place import date_fields
from registry.models import (
    Assessment,
    Baseline,
    Centre,
    ClinicalRow,
    Course,
    CtcaeTerm,
    Death,
    DoseMetric,
    Enrolment,
    ImagingStudy,
    Lesion,
    LesionAssessment,
    Patient,
    Phase,
    ProtocolVersion,
    Screening,
    Study,
    Target,
    TargetLesion,
    ToxicityEvent,
    TreatmentHistory,
)
from registry.partial_date import PartialDate
from registry.protocols import preset_text

TODAY = dt.date(2026, 6, 30)
Change = Callable[[Case], None]


class Example(NamedTuple):
    """What a check finds, where, and something near to it that the check lets pass."""

    check_id: str
    found: Change
    place: str
    let_pass: Change


def sound_case() -> Case:
    """A case about which no check has anything to say."""
    patient = Patient(
        centre=Centre(code="A"), pseudonym="P-1", sex="male", birth_date=PartialDate(1960, 5)
    )
    case = Case(patient)
    lesion = Lesion(patient=patient, number=1, site="thigh")
    course = Course(
        patient=patient,
        number=1,
        started_on=PartialDate(2024, 1, 15),
        ended_on=PartialDate(2024, 1, 31),
    )
    target = Target(course=course, number=1)
    visit = Assessment(
        patient=patient, number=1, kind="clinic", assessed_on=PartialDate(2024, 5, 2)
    )
    case.add(Baseline(patient=patient, number=1, kps=90))
    case.add(lesion)
    case.add(course)
    case.add(target)
    case.add(TargetLesion(target=target, lesion=lesion))
    case.add(Phase(course=course, number=1, dose_gy=Decimal(50), fraction_count=25))
    case.add(visit)
    return case


_UNNUMBERED = (Death, Enrolment, TreatmentHistory, LesionAssessment, TargetLesion)
_PARENTS: dict[type[ClinicalRow], tuple[str, type[ClinicalRow]]] = {
    Phase: ("course", Course),
    Target: ("course", Course),
    DoseMetric: ("course", Course),
    ImagingStudy: ("assessment", Assessment),
    LesionAssessment: ("assessment", Assessment),
}


def adding(model: type[ClinicalRow], **values: Any) -> Change:
    """Add a row of the patient, number 2 unless said; dates as ISO texts, numbers as they are."""

    def change(case: Case) -> None:
        given = _typed(model, values)
        if model in _PARENTS:
            name, above = _PARENTS[model]
            given.setdefault(name, case.of(above)[-1])
        else:
            given.setdefault("patient", case.patient)
        if model is LesionAssessment:
            given.setdefault("lesion", case.of(Lesion)[0])
        if model in (Enrolment, Screening) and "study" not in given:
            given.setdefault("study_id", 1)
        if model is Enrolment:
            given.setdefault("protocol_version", ProtocolVersion(study_id=1))
        if model is ToxicityEvent:
            given.setdefault("term", CtcaeTerm.objects.get(release="4.03", term="Fatigue"))
            given.setdefault("grade", 1)
        if model not in _UNNUMBERED:
            given.setdefault("number", 2)
        case.add(model(**given))

    return change


def setting(model: type[ClinicalRow], **values: Any) -> Change:
    """Change the first row of a table, or the patient."""

    def change(case: Case) -> None:
        row: Any = case.patient if model is Patient else case.of(model)[0]
        for name, value in _typed(model, values).items():
            setattr(row, name, value)

    return change


def removing(model: type[ClinicalRow]) -> Change:
    """Take out every row of a table."""
    return lambda case: case.rows[model].clear()


def both(*changes: Change) -> Change:
    """One change after the other."""

    def change(case: Case) -> None:
        for one in changes:
            one(case)

    return change


def died(on: str, **values: Any) -> Change:
    """The patient died on that day."""
    return adding(Death, died_on=on, **values)


def in_study(key: str) -> Change:
    """The patient is in a study under the protocol of that name."""
    study = Study(key=key, pk=7)
    version = ProtocolVersion(study=study, number=1, source=preset_text(key))
    return adding(Enrolment, study=study, protocol_version=version)


def second_course(started_on: str, ended_on: str, **values: Any) -> Change:
    """A second course of the same lesion, with a phase and a target of its own."""

    def change(case: Case) -> None:
        adding(Course, started_on=started_on, ended_on=ended_on, **values)(case)
        adding(Phase, dose_gy=50, fraction_count=5)(case)
        adding(Target)(case)
        case.add(TargetLesion(target=case.of(Target)[-1], lesion=case.of(Lesion)[0]))

    return change


def of_first(model: type[ClinicalRow], name: str, above: type[ClinicalRow]) -> Change:
    """Let the last row of a table point to the first of another one."""

    def change(case: Case) -> None:
        setattr(case.of(model)[-1], name, case.of(above)[0])

    return change


def places(check_id: str, change: Change) -> set[str]:
    """Where the check finds something after the change: "course 1 ended_on"."""
    case = sound_case()
    change(case)
    return {
        str(finding).partition(":")[0]
        for finding in check_case(case, today=TODAY)
        if finding.check_id == check_id
    }


def _typed(model: type[ClinicalRow], values: dict[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name, value in values.items():
        if name in date_fields(model) and isinstance(value, str):
            typed[name] = PartialDate.parse(value)
        elif isinstance(value, float) or name in ("dose_gy", "value"):
            typed[name] = Decimal(str(value))
        else:
            typed[name] = value
    return typed
