"""The domain model: one module per aggregate."""

from allauth.mfa.models import Authenticator
from django.db.models import Model

from registry.models.access import IdentityLook, TemporaryAccess
from registry.models.api import ApiToken, IdempotentRequest
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
from registry.models.invitation import Invitation
from registry.models.lesion import Lesion
from registry.models.marks import FormMark
from registry.models.message import CaseMessage
from registry.models.outcome import Death, LossToFollowUp, Progression
from registry.models.patient import Enrolment, Identity, Patient, Screening
from registry.models.quality import Confirmation, CorrectionRequest
from registry.models.status import CaseStatus
from registry.models.study import Participation, ProtocolVersion, Study
from registry.models.terminology import Code, CtcaeGrade, CtcaeTerm
from registry.models.toxicity import ToxicityEvent
from registry.models.transfer import Transfer

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
    FormMark,
    Transfer,
    TemporaryAccess,
    CaseMessage,
    User,
    Invitation,
    Authenticator,
    ApiToken,
    Centre,
    Membership,
    Study,
    Participation,
    ProtocolVersion,
)
"""Tables whose changes the triggers record."""

UNRECORDED_COLUMNS: dict[type[Model], frozenset[str]] = {
    User: frozenset({"password", "last_login", "last_active_on"}),
    ApiToken: frozenset({"digest", "token_key", "last_used_at"}),
    Authenticator: frozenset({"data", "last_used_at"}),
}
"""Columns that the trail leaves out: secrets, and what changes with mere use."""

__all__ = [
    "AUDITED_MODELS",
    "CLINICAL_MODELS",
    "UNRECORDED_COLUMNS",
    "ApiToken",
    "Assessment",
    "AuditEvent",
    "Baseline",
    "CaseMessage",
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
    "FormMark",
    "IdempotentRequest",
    "Identity",
    "IdentityLook",
    "ImagingStudy",
    "ImportPiece",
    "ImportState",
    "ImportUpload",
    "Invitation",
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
    "TemporaryAccess",
    "ToxicityEvent",
    "Transfer",
    "TreatmentHistory",
    "User",
]
