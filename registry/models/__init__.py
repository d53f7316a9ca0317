"""The domain model: one module per aggregate."""

from django.db.models import Model

from registry.models.assessment import Assessment, ImagingStudy, LesionAssessment
from registry.models.audit import AuditEvent
from registry.models.base import ClinicalRow, PatientRow
from registry.models.centre import Centre, Membership, User
from registry.models.course import Course, DoseMetric, Phase, Target, TargetLesion
from registry.models.disease import (
    Baseline,
    Disease,
    PriorRadiotherapy,
    Surgery,
    SystemicTherapy,
    TreatmentHistory,
)
from registry.models.entry import Draft, Submission
from registry.models.imports import ImportPiece, ImportState, ImportUpload, SavedMapping
from registry.models.lesion import Lesion
from registry.models.outcome import Death, LossToFollowUp, Progression
from registry.models.patient import Enrolment, Identity, Patient, Screening
from registry.models.quality import Confirmation, CorrectionRequest
from registry.models.status import CaseStatus
from registry.models.study import Participation, ProtocolVersion, Study
from registry.models.terminology import Code, CtcaeGrade, CtcaeTerm
from registry.models.toxicity import ToxicityEvent

CLINICAL_MODELS: tuple[type[ClinicalRow], ...] = (
    Patient,
    Identity,
    Screening,
    Enrolment,
    Disease,
    TreatmentHistory,
    Surgery,
    SystemicTherapy,
    PriorRadiotherapy,
    Lesion,
    Course,
    Baseline,
    Target,
    TargetLesion,
    Phase,
    DoseMetric,
    Assessment,
    ImagingStudy,
    LesionAssessment,
    Progression,
    Death,
    LossToFollowUp,
    ToxicityEvent,
)
"""Every table of clinical facts, parents before children."""

AUDITED_MODELS: tuple[type[Model], ...] = (
    *CLINICAL_MODELS,
    Confirmation,
    CorrectionRequest,
    Centre,
    Membership,
    Study,
    Participation,
    ProtocolVersion,
)
"""Tables whose changes the triggers record."""

__all__ = [
    "AUDITED_MODELS",
    "CLINICAL_MODELS",
    "Assessment",
    "AuditEvent",
    "Baseline",
    "CaseStatus",
    "Centre",
    "ClinicalRow",
    "Code",
    "Confirmation",
    "CorrectionRequest",
    "Course",
    "CtcaeGrade",
    "CtcaeTerm",
    "Death",
    "Disease",
    "DoseMetric",
    "Draft",
    "Enrolment",
    "Identity",
    "ImagingStudy",
    "ImportPiece",
    "ImportState",
    "ImportUpload",
    "Lesion",
    "LesionAssessment",
    "LossToFollowUp",
    "Membership",
    "Participation",
    "Patient",
    "PatientRow",
    "Phase",
    "PriorRadiotherapy",
    "Progression",
    "ProtocolVersion",
    "SavedMapping",
    "Screening",
    "Study",
    "Submission",
    "Surgery",
    "SystemicTherapy",
    "Target",
    "TargetLesion",
    "ToxicityEvent",
    "TreatmentHistory",
    "User",
]
