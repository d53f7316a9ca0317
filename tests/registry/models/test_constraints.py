"""Impossible states are refused by the database itself, past every form and service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import ProtectedError

from registry.models import AUDITED_MODELS, CLINICAL_MODELS, CtcaeTerm, Patient, User
from registry.scope import system_scope
from tests.factories import (
    AssessmentFactory,
    BaselineFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    DiseaseFactory,
    DoseMetricFactory,
    EnrolmentFactory,
    IdentityFactory,
    ImagingStudyFactory,
    LesionAssessmentFactory,
    LesionFactory,
    LossToFollowUpFactory,
    MembershipFactory,
    PatientFactory,
    PhaseFactory,
    ProgressionFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    StudyFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
    TargetFactory,
    TargetLesionFactory,
    ToxicityEventFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def term(release: str, name: str) -> CtcaeTerm:
    return CtcaeTerm.objects.get(release=release, term=name)


def _dead(patient: Patient, died_on: str = "2025-03-04") -> Patient:
    DeathFactory.create(patient=patient, died_on=died_on)
    return patient


def _course_of_another_patient() -> dict[str, Any]:
    return {"patient": PatientFactory.create(), "course": CourseFactory.create()}


def _lesion_of_another_patient() -> dict[str, Any]:
    return {"patient": PatientFactory.create(), "lesion": LesionFactory.create()}


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "sex that is no code": (lambda: PatientFactory.create(sex="x"), "sex_is_a_code"),
    "two patients of one pseudonym": (
        lambda: [PatientFactory.create(pseudonym="P") for _ in range(2)],
        "pseudonym|UNIQUE",
    ),
    "same record number twice in a centre": (
        lambda: [IdentityFactory.create(record_number_index="a" * 64) for _ in range(2)],
        "record_number_index|UNIQUE",
    ),
    "enrolled without patient": (
        lambda: ScreeningFactory.create(outcome="enrolled"),
        "enrolled_has_patient",
    ),
    "not enrolled without reason": (
        lambda: ScreeningFactory.create(outcome="not_enrolled"),
        "not_enrolled_has_reason",
    ),
    "withdrawal before enrolment": (
        lambda: EnrolmentFactory.create(withdrawn_on="2023-11-30", withdrawal_scope="all"),
        "withdrawn_on_not_before_enrolled_on",
    ),
    "withdrawal from nothing": (
        lambda: EnrolmentFactory.create(withdrawn_on="2024-11-30"),
        "withdrawal_has_scope",
    ),
    "protocol version of another study": (
        lambda: EnrolmentFactory.create(
            protocol_version=ProtocolVersionFactory.create(study=StudyFactory.create(key="cnao")),
            study=StudyFactory.create(key="jinling"),
        ),
        "enrolment_version_of_its_study",
    ),
    "grade that is no code": (lambda: DiseaseFactory.create(grade="4"), "grade_is_a_code"),
    "size zero": (lambda: DiseaseFactory.create(size_cm=0), "size_cm_above_zero"),
    "stage without edition": (
        lambda: DiseaseFactory.create(ajcc_stage="IIIA"),
        "stage_names_edition",
    ),
    "FNCLCC necrosis score 3": (
        lambda: DiseaseFactory.create(necrosis_score=3),
        "necrosis_score_in_range",
    ),
    "margin below zero": (lambda: SurgeryFactory.create(margin_mm=-1), "margin_mm_in_range"),
    "therapy ends before it starts": (
        lambda: SystemicTherapyFactory.create(started_on="2024-02", ended_on="2024-01"),
        "ended_on_not_before_started_on",
    ),
    "KPS 75": (lambda: BaselineFactory.create(kps=75), "kps_in_tens"),
    "KPS 110": (lambda: BaselineFactory.create(kps=110), "kps_in_tens"),
    "ECOG 6": (lambda: BaselineFactory.create(ecog=6), "ecog_in_range"),
    "ECOG 5 of a person who was seen": (
        lambda: AssessmentFactory.create(ecog=5),
        "ecog_in_range",
    ),
    "baseline at another patient's course": (
        lambda: BaselineFactory.create(**_course_of_another_patient()),
        "baseline_course_same_patient",
    ),
    "lesion volume zero": (lambda: LesionFactory.create(gtv_cm3=0), "gtv_cm3_above_zero"),
    "course ends before it starts": (
        lambda: CourseFactory.create(started_on="2024-01-15", ended_on="2024-01-14"),
        "ended_on_not_before_started_on",
    ),
    "course ends in a year before it starts": (
        lambda: CourseFactory.create(started_on="2024-01-15", ended_on="2023"),
        "ended_on_not_before_started_on",
    ),
    "course before birth": (
        lambda: CourseFactory.create(started_on="1950", ended_on=None),
        "course_not_before_birth",
    ),
    "course after death": (
        lambda: CourseFactory.create(
            patient=_dead(PatientFactory.create()), started_on="2025-03-05", ended_on=None
        ),
        "course_not_after_death",
    ),
    "dose zero": (lambda: PhaseFactory.create(dose_gy=0), "dose_gy_above_zero"),
    "no fraction": (lambda: PhaseFactory.create(fraction_count=0), "fraction_count_in_range"),
    "phase at a target of another course": (
        lambda: PhaseFactory.create(target=TargetFactory.create()),
        "phase_target_same_course",
    ),
    "coverage above 100 %": (
        lambda: TargetFactory.create(ptv_coverage_percent=101),
        "ptv_coverage_percent_in_range",
    ),
    "target on another patient's lesion": (
        lambda: TargetLesionFactory.create(lesion=LesionFactory.create()),
        "target_lesion_same_patient",
    ),
    "volume share above 100 %": (
        lambda: DoseMetricFactory.create(value=101),
        "volume_at_most_whole",
    ),
    "dose of more than twice the prescribed one": (
        lambda: DoseMetricFactory.create(metric="Max", value=201),
        "value_in_range",
    ),
    "imaging of no known modality": (
        lambda: ImagingStudyFactory.create(modality="x-ray"),
        "modality_is_a_code",
    ),
    "response of another patient's lesion": (
        lambda: LesionAssessmentFactory.create(lesion=LesionFactory.create()),
        "lesion_assessment_same_patient",
    ),
    "progression of another patient's lesion": (
        lambda: ProgressionFactory.create(**_lesion_of_another_patient()),
        "progression_lesion_same_patient",
    ),
    "death before birth": (
        lambda: DeathFactory.create(died_on="1959"),
        "death_not_before_birth",
    ),
    "death before RT": (
        lambda: DeathFactory.create(patient=CourseFactory.create().patient, died_on="2024-01-14"),
        "death_not_before_course",
    ),
    "two deaths": (
        lambda: DeathFactory.create(patient=_dead(PatientFactory.create())),
        "death_only_one|UNIQUE",
    ),
    "lost twice at a time": (
        lambda: [
            LossToFollowUpFactory.create(patient=patient)
            for patient in [PatientFactory.create()] * 2
        ],
        "one_open|UNIQUE",
    ),
    "found again before lost": (
        lambda: LossToFollowUpFactory.create(found_again_on="2025-01-31"),
        "found_again_on_not_before_declared_on",
    ),
    "grade 5 of a living patient": (
        lambda: ToxicityEventFactory.create(term=term("5.0", "Pneumonitis"), grade=5),
        "toxicity_grade_5_needs_death",
    ),
    "grade that the release does not have": (
        lambda: ToxicityEventFactory.create(grade=4),  # CTCAE 4.03 fatigue ends at grade 3
        "toxicity_grade_exists",
    ),
    "resolved before onset": (
        lambda: ToxicityEventFactory.create(onset_on="2024-02-20", resolved_on="2024-02-19"),
        "resolved_on_not_before_onset_on",
    ),
    "toxicity of another patient's course": (
        lambda: ToxicityEventFactory.create(**_course_of_another_patient()),
        "toxicity_course_same_patient",
    ),
    "data manager of no centre": (
        lambda: MembershipFactory.create(role="data_manager"),
        "place_fits_role",
    ),
    "coordinator of a centre": (
        lambda: MembershipFactory.create(role="coordinator", centre=CentreFactory.create()),
        "place_fits_role",
    ),
    "same membership twice": (
        lambda: [MembershipFactory.create(user=user) for user in [UserFactory.create()] * 2],
        "membership_installation_unique|UNIQUE",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_state_is_refused(case: str) -> None:
    write, rule = REFUSED[case]

    with pytest.raises(DatabaseError, match=rule), transaction.atomic():
        write()


@pytest.mark.parametrize(
    "text", ["2021-2", "2021-02-30", "2021-02-29", "2021-04-31", "0001", "2999", "14.03.2021"]
)
def test_no_column_takes_what_is_no_date(text: str) -> None:
    patient = PatientFactory.create()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_patient SET birth_date = %s WHERE id = %s", [text, patient.pk]
        )


@pytest.mark.parametrize("text", ["2021", "2021-02", "2021-02-28", "2020-02-29", "2000-02-29"])
def test_dates_of_every_precision_are_kept_as_written(text: str) -> None:
    patient = PatientFactory.create(birth_date=text)

    with system_scope():
        assert str(Patient.objects.get(pk=patient.pk).birth_date) == text


def test_dates_compare_at_their_common_precision() -> None:
    course = CourseFactory.create(started_on="2024-01-15", ended_on="2024")

    assert str(course.ended_on) == "2024"


def test_a_dose_may_exceed_the_prescribed_one() -> None:
    assert DoseMetricFactory.create(structure="Bone", metric="Max", value=108, unit="%").pk


def test_grade_5_is_possible_once_death_is_entered() -> None:
    patient = _dead(PatientFactory.create())

    event = ToxicityEventFactory.create(patient=patient, term=term("5.0", "Pneumonitis"), grade=5)

    assert event.pk


def test_a_death_under_grade_5_can_be_neither_voided_nor_deleted() -> None:
    death = DeathFactory.create()
    ToxicityEventFactory.create(patient=death.patient, term=term("5.0", "Pneumonitis"), grade=5)

    with system_scope():
        for write in (
            lambda: type(death).objects.filter(pk=death.pk).update(voided_at="2026-01-01T00:00Z"),
            lambda: type(death).objects.filter(pk=death.pk).delete(),
        ):
            with pytest.raises(DatabaseError, match="under_grade_5"), transaction.atomic():
                write()


def test_birth_cannot_move_behind_treatment_or_death() -> None:
    patient = CourseFactory.create().patient

    with (
        system_scope(),
        pytest.raises(DatabaseError, match="birth_not_after_course"),
        transaction.atomic(),
    ):
        Patient.objects.filter(pk=patient.pk).update(birth_date="2024-01-16")


def test_rows_do_not_move_to_another_patient() -> None:
    lesion, other = LesionFactory.create(), PatientFactory.create()

    with (
        system_scope(),
        pytest.raises(DatabaseError, match="lesion_keeps_its_patient"),
        transaction.atomic(),
    ):
        type(lesion).objects.filter(pk=lesion.pk).update(patient=other)


def test_a_protocol_version_in_use_is_not_changed() -> None:
    version = EnrolmentFactory.create().protocol_version
    version.source += "\n# amended"

    with pytest.raises(DatabaseError, match="protocol_version_in_use"), transaction.atomic():
        version.save()


# Second factors are allauth's table: their key cascades from people, who are never deleted.
@pytest.mark.parametrize(
    "model",
    [model for model in AUDITED_MODELS if model._meta.app_label == "registry"],
    ids=lambda model: model.__name__,
)
def test_no_foreign_key_of_a_clinical_table_cascades(model: type[models.Model]) -> None:
    deletes = {
        field.name: field.remote_field.on_delete
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    }

    assert set(deletes.values()) <= {models.PROTECT}


def test_a_person_cannot_be_deleted() -> None:
    person = UserFactory.create()

    with pytest.raises(DatabaseError, match="user_never_deleted"), transaction.atomic():
        person.delete()
    with pytest.raises(DatabaseError, match="user_never_deleted"), transaction.atomic():
        User.objects.filter(pk=person.pk)._raw_delete("default")

    assert User.objects.filter(pk=person.pk).exists()


def test_a_centre_with_patients_cannot_be_deleted() -> None:
    centre = PatientFactory.create().centre

    with system_scope(), pytest.raises(ProtectedError):
        centre.delete()


def test_every_coded_column_is_held_by_a_constraint() -> None:
    bare = [
        f"{model.__name__}.{field.name}"
        for model in CLINICAL_MODELS
        for field in model._meta.concrete_fields
        if field.choices and (model.rules is None or field.name not in model.rules.codes)
    ]

    assert bare == []


def test_every_date_column_is_held_by_a_constraint() -> None:
    bare = [
        f"{model.__name__}.{field.name}"
        for model in CLINICAL_MODELS
        for field in model._meta.concrete_fields
        if type(field).__name__ == "PartialDateField"
        and (model.rules is None or field.name not in model.rules.dates)
    ]

    assert bare == []
