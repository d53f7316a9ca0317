"""One patient as a page shows it: the case, with what belongs together put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from registry import dose
from registry.case import Case, load_case
from registry.derive import CourseDose, course_dose, death_of, is_acute, phase_groups
from registry.derive import treatment_term_days as term_days
from registry.models import (
    Assessment,
    Baseline,
    Course,
    Death,
    Disease,
    DoseMetric,
    Enrolment,
    Identity,
    ImagingStudy,
    Lesion,
    LesionAssessment,
    LossToFollowUp,
    Patient,
    PatientRow,
    Phase,
    PriorRadiotherapy,
    Progression,
    Screening,
    Surgery,
    SystemicTherapy,
    Target,
    TargetLesion,
    ToxicityEvent,
    TreatmentHistory,
)
from registry.protocols import Protocol
from registry.selectors.own_centre import identity_of
from registry.selectors.patient_state import with_state
from registry.services.identity_looks import Place

R = TypeVar("R", bound=PatientRow)


@dataclass(frozen=True)
class DoseLine:
    """Derived dose of the targets that receive the same phases; all doses and α/β in Gy."""

    targets: tuple[Target, ...]
    dose: CourseDose
    alpha_beta_tumour: float
    alpha_beta_normal: float

    @property
    def bed_tumour(self) -> float | None:
        """BED with the α/β of tumour."""
        return self.dose.bed_gy(self.alpha_beta_tumour)

    @property
    def bed_normal(self) -> float | None:
        """BED with the α/β of normal tissue."""
        return self.dose.bed_gy(self.alpha_beta_normal)

    @property
    def eqd2_tumour(self) -> float | None:
        """EQD2 with the α/β of tumour."""
        return self.dose.eqd2_gy(self.alpha_beta_tumour)

    @property
    def eqd2_normal(self) -> float | None:
        """EQD2 with the α/β of normal tissue."""
        return self.dose.eqd2_gy(self.alpha_beta_normal)


@dataclass(frozen=True)
class TargetFile:
    """A target and the lesions it treats."""

    target: Target
    lesions: list[Lesion]


@dataclass(frozen=True)
class CourseFile:
    """A course with its parts and derived doses; ``term_days`` counts first and last day."""

    course: Course
    targets: list[TargetFile]
    phases: list[Phase]
    metrics: list[DoseMetric]
    doses: list[DoseLine]
    term_days: int | None


@dataclass(frozen=True)
class AssessmentFile:
    """A visit that took place, with its imaging and the responses of lesions."""

    assessment: Assessment
    imaging: list[ImagingStudy]
    responses: list[LesionAssessment]


@dataclass(frozen=True)
class ToxicityFile:
    """An adverse event; ``acute`` is None where the protocol's rule cannot decide."""

    event: ToxicityEvent
    acute: bool | None


@dataclass(frozen=True)
class PatientFile:
    """A patient with all rows that are not voided, in the order of their numbers."""

    patient: Patient
    case: Case
    protocol: Protocol | None
    identity: Identity | None
    screenings: list[Screening]
    enrolments: list[Enrolment]
    baselines: list[Baseline]
    diseases: list[Disease]
    treatment_history: TreatmentHistory | None
    surgeries: list[Surgery]
    systemic_therapies: list[SystemicTherapy]
    prior_radiotherapies: list[PriorRadiotherapy]
    lesions: list[Lesion]
    courses: list[CourseFile]
    assessments: list[AssessmentFile]
    toxicities: list[ToxicityFile]
    progressions: list[Progression]
    losses: list[LossToFollowUp]
    death: Death | None


def patient_file(pseudonym: str) -> PatientFile:
    """The file of a patient of the scope, in a fixed number of queries.

    In the patient's own centre it holds the identity, which is recorded as a look.

    Raises:
        Patient.DoesNotExist: for a patient that is not there or not visible.
    """
    patient = with_state(Patient.objects.live()).select_related("centre").get(pseudonym=pseudonym)
    screenings = Screening.objects.live().filter(patient=patient).select_related("study")
    return file_of(
        load_case(patient),
        identity=identity_of(patient, place=Place.PATIENT),
        screenings=list(screenings.order_by("pk")),
    )


def file_of(
    case: Case, *, identity: Identity | None, screenings: Sequence[Screening]
) -> PatientFile:
    """A case put together for a page; reads nothing more."""
    patient = case.patient
    enrolments = case.of(Enrolment)
    protocol = enrolments[0].protocol_version.protocol if enrolments else None
    return PatientFile(
        patient=patient,
        case=case,
        protocol=protocol,
        identity=identity,
        screenings=list(screenings),
        enrolments=enrolments,
        baselines=_rows(case, Baseline),
        diseases=_rows(case, Disease),
        treatment_history=next(iter(case.of(TreatmentHistory)), None),
        surgeries=_rows(case, Surgery),
        systemic_therapies=_rows(case, SystemicTherapy),
        prior_radiotherapies=_rows(case, PriorRadiotherapy),
        lesions=_rows(case, Lesion),
        courses=[_course_file(course, case, protocol) for course in _rows(case, Course)],
        assessments=_assessments(case),
        toxicities=[
            ToxicityFile(event, is_acute(event, event.course, protocol) if protocol else None)
            for event in _rows(case, ToxicityEvent)
        ],
        progressions=_rows(case, Progression),
        losses=_rows(case, LossToFollowUp),
        death=death_of(case),
    )


def _rows(case: Case, model: type[R]) -> list[R]:
    return sorted(case.of(model), key=lambda row: row.number)


def _course_file(course: Course, case: Case, protocol: Protocol | None) -> CourseFile:
    targets = [row for row in case.of(Target) if row.course_id == course.pk]
    phases = [row for row in case.of(Phase) if row.course_id == course.pk]
    phases.sort(key=lambda row: row.number)
    links = case.of(TargetLesion)
    return CourseFile(
        course=course,
        targets=[
            TargetFile(
                target,
                [link.lesion for link in links if link.target_id == target.pk],
            )
            for target in sorted(targets, key=lambda row: row.number)
        ],
        phases=phases,
        metrics=[row for row in case.of(DoseMetric) if row.course_id == course.pk],
        doses=dose_lines(targets, phases, protocol),
        term_days=term_days(course),
    )


def dose_lines(
    targets: Sequence[Target], phases: Sequence[Phase], protocol: Protocol | None
) -> list[DoseLine]:
    """One line per group of targets that receive the same phases; one for a course without targets.

    α/β are the protocol's, else the usual ones. Targets whose dose is not known have no line.
    """
    tumour = protocol.dose.alpha_beta_tumour if protocol else dose.TUMOUR_ALPHA_BETA_GY
    normal = protocol.dose.alpha_beta_normal if protocol else dose.NORMAL_TISSUE_ALPHA_BETA_GY
    groups = phase_groups(targets, phases)
    doses = ((tuple(treated), course_dose(group)) for treated, group in groups)
    return [DoseLine(treated, sum_, tumour, normal) for treated, sum_ in doses if sum_ is not None]


def _assessments(case: Case) -> list[AssessmentFile]:
    """The visits that took place, the newest first."""
    imaging, responses = case.of(ImagingStudy), case.of(LesionAssessment)
    newest_first = sorted(
        case.of(Assessment), key=lambda row: (str(row.assessed_on or ""), row.number), reverse=True
    )
    return [
        AssessmentFile(
            assessment,
            [row for row in imaging if row.assessment_id == assessment.pk],
            [row for row in responses if row.assessment_id == assessment.pk],
        )
        for assessment in newest_first
    ]
