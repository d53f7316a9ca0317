"""Every check finds what it is for, and says where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from registry.case import Case
from registry.checks import CHECKS, check_case, impossible
from registry.models import (
    Assessment,
    Baseline,
    Centre,
    Course,
    CtcaeTerm,
    Death,
    Disease,
    DoseMetric,
    Enrolment,
    Lesion,
    Patient,
    Phase,
    Progression,
    ProtocolVersion,
    Target,
    TargetLesion,
    ToxicityEvent,
)
from registry.partial_date import PartialDate
from registry.protocols import preset

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 30)
day = PartialDate.parse


def sound_case() -> Case:
    """A case about which no check has anything to say."""
    patient = Patient(
        centre=Centre(code="A"), pseudonym="P-1", sex="male", birth_date=day("1960-05")
    )
    case = Case(patient)
    lesion = Lesion(patient=patient, number=1, site="thigh")
    course = Course(
        patient=patient, number=1, started_on=day("2024-01-15"), ended_on=day("2024-01-31")
    )
    target = Target(course=course, number=1)
    case.add(Baseline(patient=patient, number=1, kps=90))
    case.add(lesion)
    case.add(course)
    case.add(target)
    case.add(TargetLesion(target=target, lesion=lesion))
    case.add(Phase(course=course, number=1, dose_gy=Decimal(50), fraction_count=25))
    case.add(Assessment(patient=patient, number=1, kind="clinic", assessed_on=day("2024-05-02")))
    return case


def adding(model: type, **values: Any) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        owner = {"course": case.of(Course)[0]} if model in (Phase, DoseMetric) else {}
        row = model(**{"number": 2, **owner, **values} if model is not Death else values)
        if not owner:
            row.patient = case.patient
        case.add(row)

    return change


def setting(model: type, **values: Any) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        row: Any = case.patient if model is Patient else case.of(model)[0]
        for name, value in values.items():
            setattr(row, name, value)

    return change


def removing(model: type) -> Callable[[Case], None]:
    return lambda case: case.rows[model].clear()


def fatigue(**values: Any) -> Callable[[Case], None]:
    def change(case: Case) -> None:
        term = CtcaeTerm.objects.get(release="4.03", term="Fatigue")
        event = ToxicityEvent(patient=case.patient, number=1, term=term, **values)
        event.course = case.of(Course)[0]
        case.add(event)

    return change


def died(on: str) -> Callable[[Case], None]:
    return adding(Death, died_on=day(on))


def lesion_of_another_patient(case: Case) -> None:
    lesion = Lesion(patient=Patient(pseudonym="P-2"), number=1)
    case.add(Progression(patient=case.patient, number=1, kind="local", lesion=lesion))


def target_of_another_course(case: Case) -> None:
    other = Course(patient=case.patient, number=2)
    setting(Phase, target=Target(course=other, number=1))(case)


def version_of_another_study(case: Case) -> None:
    version = ProtocolVersion(study_id=2)
    case.add(Enrolment(patient=case.patient, study_id=1, protocol_version=version))


FOUND: tuple[tuple[str, Callable[[Case], None], str], ...] = (
    ("row-rules", setting(Course, ended_on=day("2024-01-14")), "course 1 ended_on"),
    ("row-rules", setting(Course, intent="cure"), "course 1 intent"),
    ("row-rules", setting(Baseline, ecog=6), "baseline 1 ecog"),
    ("needed", setting(Assessment, kind=""), "assessment 1 kind"),
    ("missing-reason", setting(Baseline, missing={"kps": "unknown"}), "baseline 1 kps"),
    ("missing-reason", setting(Baseline, missing={"ecog": "lost"}), "baseline 1 ecog"),
    ("missing-reason", setting(Baseline, missing={"weight": "unknown"}), "baseline 1 weight"),
    ("kps-in-tens", setting(Baseline, kps=75), "baseline 1 kps"),
    ("kps-in-tens", setting(Assessment, kps=0), "assessment 1 kps"),
    (
        "metric-value",
        adding(DoseMetric, structure="Lungs", metric="V20Gy", value=Decimal(101), unit="%"),
        "dose_metric 2 value",
    ),
    (
        "metric-value",
        adding(DoseMetric, structure="Bone", metric="Max", value=Decimal(201), unit="%"),
        "dose_metric 2 value",
    ),
    ("stage-edition", adding(Disease, ajcc_stage="IIIA"), "disease 2 ajcc_edition"),
    (
        "withdrawal-scope",
        lambda case: case.add(
            Enrolment(
                patient=case.patient,
                study_id=1,
                protocol_version=ProtocolVersion(study_id=1),
                withdrawn_on=day("2025"),
            )
        ),
        "enrolment withdrawal_scope",
    ),
    ("grade-exists", fatigue(grade=4), "toxicity_event 1 grade"),
    ("future-date", setting(Assessment, assessed_on=day("2026-07-01")), "assessment 1 assessed_on"),
    ("before-birth", adding(Disease, diagnosed_on=day("1960-04")), "disease 2 diagnosed_on"),
    ("treated-after-death", died("2024-01-20"), "course 1 ended_on"),
    ("seen-after-death", died("2024-04"), "assessment 1 assessed_on"),
    ("grade-5-death", fatigue(grade=5), "toxicity_event 1 grade"),
    ("same-patient", lesion_of_another_patient, "progression 1 lesion"),
    ("target-of-course", target_of_another_course, "phase 1 target"),
    ("version-of-study", version_of_another_study, "enrolment protocol_version"),
    (
        "progression-before-course",
        adding(Progression, kind="local", field_relation="in_field", occurred_on=day("2024-01-14")),
        "progression 2 occurred_on",
    ),
    (
        "onset-before-course",
        fatigue(grade=1, onset_on=day("2023-12")),
        "toxicity_event 1 onset_on",
    ),
    (
        "courses-overlap",
        adding(Course, started_on=day("2024-01-30"), ended_on=day("2024-02-20")),
        "course 2 started_on",
    ),
    ("large-fraction", setting(Phase, fraction_count=1), "phase 1 fraction_count"),
    ("large-tumour", adding(Disease, size_cm=Decimal(75)), "disease 2 size_cm"),
    ("patient-basics", setting(Patient, sex=""), "patient sex"),
    ("course-without-phase", removing(Phase), "course 1"),
    ("target-without-lesion", removing(TargetLesion), "target 1"),
)


def test_a_sound_case_has_no_finding() -> None:
    assert check_case(sound_case(), today=TODAY) == []


@pytest.mark.parametrize(("check_id", "change", "place"), FOUND)
def test_check_finds_it(check_id: str, change: Callable[[Case], None], place: str) -> None:
    case = sound_case()
    change(case)

    found = {
        str(finding).partition(":")[0]
        for finding in check_case(case, today=TODAY)
        if finding.check_id == check_id
    }

    assert place in found


def test_every_check_is_shown_to_find_something() -> None:
    assert {check.id for check in CHECKS} == {check_id for check_id, _, _ in FOUND}


def test_ids_are_unique_and_every_check_says_what_it_holds() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS)
    assert all(check.what.endswith(".") for check in CHECKS)


def test_only_impossible_findings_refuse_a_write() -> None:
    case = sound_case()
    removing(Phase)(case)

    assert impossible(check_case(case, today=TODAY)) == []


def test_a_reason_for_a_missing_value_satisfies_the_check() -> None:
    case = sound_case()
    setting(Patient, sex="", missing={"sex": "refused"})(case)

    assert check_case(case, today=TODAY) == []


def test_items_that_the_protocol_requires_are_incomplete() -> None:
    found = check_case(sound_case(), today=TODAY, protocols=[preset("jinling")])

    assert found
    assert {finding.severity for finding in found} == {"incomplete"}
    assert {finding.check_id for finding in found} == {"required-by-jinling"}
