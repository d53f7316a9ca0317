"""Factories of the clinical tables. They write past the services, in a scope of their own."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

import factory
from factory.django import DjangoModelFactory

from registry import keyring, models
from registry.fields import PartialDateField
from registry.models.choices import (
    AssessmentKind,
    ImagingRegion,
    Modality,
    ProgressionKind,
    ScreeningOutcome,
    TherapyKind,
)
from registry.models.status import FORMS
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories.people import CentreFactory, ProtocolVersionFactory

M = TypeVar("M", bound=models.ClinicalRow)


class ClinicalFactory(DjangoModelFactory[M]):
    """Saves in the system scope; ISO texts may be given for dates."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[M], *args: Any, **kwargs: Any) -> M:
        for name, value in kwargs.items():
            field = model_class._meta.get_field(name)
            if isinstance(field, PartialDateField) and isinstance(value, str):
                kwargs[name] = PartialDate.parse(value)
        with system_scope():
            return super()._create(model_class, *args, **kwargs)


class PatientFactory(ClinicalFactory[models.Patient]):
    class Meta:
        model = models.Patient

    centre = factory.SubFactory(CentreFactory)
    pseudonym = factory.Sequence(lambda n: f"P-{n:04d}")
    sex = "female"
    birth_date = "1960-05-17"


class IdentityFactory(ClinicalFactory[models.Identity]):
    class Meta:
        model = models.Identity

    patient = factory.SubFactory(PatientFactory)
    family_name = "Canary-Family"
    given_names = "Canary-Given"
    record_number = factory.Sequence(lambda n: f"CANARY-{n}")
    record_number_index = factory.LazyAttribute(
        lambda o: keyring.blind_index(o.record_number, centre_code=o.patient.centre.code)
    )
    family_name_index = factory.LazyAttribute(
        lambda o: keyring.name_index(o.family_name, centre_code=o.patient.centre.code)
    )


class EnrolmentFactory(ClinicalFactory[models.Enrolment]):
    class Meta:
        model = models.Enrolment

    patient = factory.SubFactory(PatientFactory)
    protocol_version = factory.SubFactory(ProtocolVersionFactory)
    study = factory.SelfAttribute("protocol_version.study")
    enrolled_on = "2023-12-01"
    consent_on = "2023-12-01"


class ScreeningFactory(ClinicalFactory[models.Screening]):
    class Meta:
        model = models.Screening

    study = factory.LazyFunction(lambda: ProtocolVersionFactory.create().study)
    centre = factory.SubFactory(CentreFactory)
    number = factory.Sequence(lambda n: n + 1)
    screened_on = "2023-11-20"
    outcome = ScreeningOutcome.PENDING


class PatientRowFactory(ClinicalFactory[M]):
    """A numbered row of a patient."""

    class Meta:
        abstract = True

    patient = factory.SubFactory(PatientFactory)
    number = factory.Sequence(lambda n: n + 1)


class DiseaseFactory(PatientRowFactory[models.Disease]):
    class Meta:
        model = models.Disease

    diagnosed_on = "2023-06-01"
    morphology = "8890/3"
    grade = "2"


class TreatmentHistoryFactory(ClinicalFactory[models.TreatmentHistory]):
    class Meta:
        model = models.TreatmentHistory

    patient = factory.SubFactory(PatientFactory)
    had_surgery = True


class SurgeryFactory(PatientRowFactory[models.Surgery]):
    class Meta:
        model = models.Surgery

    performed_on = "2023-10-02"
    procedure = "wide_excision"


class SystemicTherapyFactory(PatientRowFactory[models.SystemicTherapy]):
    class Meta:
        model = models.SystemicTherapy

    kind = TherapyKind.CHEMOTHERAPY


class PriorRadiotherapyFactory(PatientRowFactory[models.PriorRadiotherapy]):
    class Meta:
        model = models.PriorRadiotherapy

    dose_gy = 50


class BaselineFactory(PatientRowFactory[models.Baseline]):
    class Meta:
        model = models.Baseline

    kps = 90


class LesionFactory(PatientRowFactory[models.Lesion]):
    class Meta:
        model = models.Lesion

    longest_diameter_cm = 4


class CourseFactory(PatientRowFactory[models.Course]):
    class Meta:
        model = models.Course

    started_on = "2024-01-15"
    ended_on = "2024-01-31"
    radiation_type = "photon"


class TargetFactory(ClinicalFactory[models.Target]):
    class Meta:
        model = models.Target

    course = factory.SubFactory(CourseFactory)
    number = factory.Sequence(lambda n: n + 1)


class TargetLesionFactory(ClinicalFactory[models.TargetLesion]):
    class Meta:
        model = models.TargetLesion

    target = factory.SubFactory(TargetFactory)
    lesion = factory.SubFactory(
        LesionFactory, patient=factory.SelfAttribute("..target.course.patient")
    )


class PhaseFactory(ClinicalFactory[models.Phase]):
    class Meta:
        model = models.Phase

    course = factory.SubFactory(CourseFactory)
    number = factory.Sequence(lambda n: n + 1)
    dose_gy = 50
    fraction_count = 5


class DoseMetricFactory(ClinicalFactory[models.DoseMetric]):
    class Meta:
        model = models.DoseMetric

    course = factory.SubFactory(CourseFactory)
    number = factory.Sequence(lambda n: n + 1)
    structure = "Lungs"
    metric = "V20Gy"
    value = 12
    unit = "%"


class AssessmentFactory(PatientRowFactory[models.Assessment]):
    class Meta:
        model = models.Assessment

    assessed_on = "2024-05-02"
    kind = AssessmentKind.CLINIC


class ImagingStudyFactory(ClinicalFactory[models.ImagingStudy]):
    class Meta:
        model = models.ImagingStudy

    assessment = factory.SubFactory(AssessmentFactory)
    number = factory.Sequence(lambda n: n + 1)
    modality = Modality.MR
    region = ImagingRegion.TREATED_SITE


class LesionAssessmentFactory(ClinicalFactory[models.LesionAssessment]):
    class Meta:
        model = models.LesionAssessment

    assessment = factory.SubFactory(AssessmentFactory)
    lesion = factory.SubFactory(
        LesionFactory, patient=factory.SelfAttribute("..assessment.patient")
    )
    response = "sd"


class ProgressionFactory(PatientRowFactory[models.Progression]):
    class Meta:
        model = models.Progression

    occurred_on = "2024-08-01"
    kind = ProgressionKind.LOCAL


class DeathFactory(ClinicalFactory[models.Death]):
    class Meta:
        model = models.Death

    patient = factory.SubFactory(PatientFactory)
    died_on = "2025-03-04"


class LossToFollowUpFactory(PatientRowFactory[models.LossToFollowUp]):
    class Meta:
        model = models.LossToFollowUp

    declared_on = "2025-02-01"


class ToxicityEventFactory(PatientRowFactory[models.ToxicityEvent]):
    class Meta:
        model = models.ToxicityEvent

    term = factory.LazyFunction(
        lambda: models.CtcaeTerm.objects.get(release="4.03", term="Fatigue")
    )
    grade = 2
    onset_on = "2024-02-20"


class CaseStatusFactory(DjangoModelFactory[models.CaseStatus]):
    """A case of which every form is complete."""

    class Meta:
        model = models.CaseStatus

    patient = factory.SubFactory(PatientFactory)

    @classmethod
    def _create(cls, model_class: type[models.CaseStatus], *args: Any, **kwargs: Any) -> Any:
        with system_scope():
            return super()._create(
                model_class, *args, **(dict.fromkeys(FORMS, "complete") | kwargs)
            )


class CorrectionRequestFactory(DjangoModelFactory[models.CorrectionRequest]):
    """An open question about the patient as a whole."""

    class Meta:
        model = models.CorrectionRequest

    patient = factory.SubFactory(PatientFactory)
    entity = "patient"
    row_id = factory.SelfAttribute("patient.pk")
    question = "Is the birth date right?"
    asked_at = dt.datetime(2024, 5, 2, 12, tzinfo=dt.UTC)

    @classmethod
    def _create(cls, model_class: type[models.CorrectionRequest], *args: Any, **kwargs: Any) -> Any:
        with system_scope():
            return super()._create(model_class, *args, **kwargs)
