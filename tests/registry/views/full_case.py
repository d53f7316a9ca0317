"""A patient with at least one row in every table, for tests that look at whole pages."""

from __future__ import annotations

from registry.models import CtcaeTerm, Patient, ProtocolVersion
from registry.models.choices import AssessmentKind, Modality, ProgressionKind
from tests.factories import (
    AssessmentFactory,
    BaselineFactory,
    CourseFactory,
    DiseaseFactory,
    DoseMetricFactory,
    EnrolmentFactory,
    IdentityFactory,
    ImagingStudyFactory,
    LesionAssessmentFactory,
    LesionFactory,
    LossToFollowUpFactory,
    PatientFactory,
    PhaseFactory,
    PriorRadiotherapyFactory,
    ProgressionFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
    TargetFactory,
    TargetLesionFactory,
    ToxicityEventFactory,
)


def full_case(version: ProtocolVersion, *, rows: int = 1, **values: object) -> Patient:
    """A patient enrolled under the version, with ``rows`` rows of every repeated kind.

    Each course is 50 Gy in 5 fractions of photons, 15 to 31 January 2024.
    """
    patient = PatientFactory.create(**values)
    EnrolmentFactory.create(patient=patient, protocol_version=version)
    IdentityFactory.create(patient=patient)
    for number in range(1, rows + 1):
        own = {"patient": patient, "number": number}
        DiseaseFactory.create(**own)
        SurgeryFactory.create(**own)
        SystemicTherapyFactory.create(**own)
        PriorRadiotherapyFactory.create(**own)
        lesion = LesionFactory.create(**own)
        course = CourseFactory.create(**own)
        BaselineFactory.create(**own, course=course)
        target = TargetFactory.create(course=course, number=1)
        TargetLesionFactory.create(target=target, lesion=lesion)
        PhaseFactory.create(course=course, number=1)
        DoseMetricFactory.create(course=course, number=1)
        assessment = AssessmentFactory.create(**own, kind=AssessmentKind.CLINIC)
        ImagingStudyFactory.create(assessment=assessment, number=1, modality=Modality.MR)
        LesionAssessmentFactory.create(assessment=assessment, lesion=lesion, response="sd")
        ProgressionFactory.create(**own, kind=ProgressionKind.LOCAL, lesion=lesion)
        ToxicityEventFactory.create(
            **own,
            course=course,
            term=CtcaeTerm.objects.get(release="4.03", term="Dermatitis radiation"),
            onset_on="2024-02-20",
        )
    LossToFollowUpFactory.create(patient=patient, number=1)
    return patient
