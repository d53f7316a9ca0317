"""Code lists of the domain model. Codes are stored, labels are shown (and translated)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")


class MissingReason(TextChoices):
    NOT_DONE = "not_done", _("Not done")
    UNKNOWN = "unknown", _("Unknown")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    REFUSED = "refused", _("Refused")


class Laterality(TextChoices):
    LEFT = "left", _("Left")
    RIGHT = "right", _("Right")
    MIDLINE = "midline", _("Midline")
    BILATERAL = "bilateral", _("Bilateral")


class FnclccGrade(TextChoices):
    """Grade of the Fédération Nationale des Centres de Lutte Contre le Cancer."""

    G1 = "1", _("G1")
    G2 = "2", _("G2")
    G3 = "3", _("G3")
    GX = "x", _("GX (cannot be assessed)")


class Depth(TextChoices):
    SUPERFICIAL = "superficial", _("Superficial to the fascia")
    DEEP = "deep", _("Deep to the fascia")


class AjccEdition(IntegerChoices):
    SEVENTH = 7, _("7th edition")
    EIGHTH = 8, _("8th edition")


class Setting(TextChoices):
    """Disease setting at the start of a course."""

    PRIMARY = "primary", _("Primary (de novo)")
    RECURRENCE = "recurrence", _("Local recurrence")
    OLIGOMETASTASIS = "oligometastasis", _("Oligometastasis")
    METASTATIC = "metastatic", _("Metastatic")


class ViableSites(TextChoices):
    SINGLE = "single", _("Single")
    MULTIPLE = "multiple", _("Multiple")


class Procedure(TextChoices):
    BIOPSY = "biopsy", _("Biopsy")
    INTRALESIONAL = "intralesional_excision", _("Intralesional excision")
    MARGINAL = "marginal_excision", _("Marginal excision")
    WIDE = "wide_excision", _("Wide excision")
    COMPARTMENTAL = "compartmental_excision", _("Compartmental excision")
    RE_EXCISION = "re_excision", _("Re-excision")
    AMPUTATION = "amputation", _("Amputation")
    METASTASECTOMY = "metastasectomy", _("Metastasectomy")
    RECONSTRUCTION = "reconstruction", _("Reconstruction")
    OTHER = "other", _("Other")


class ResidualTumour(TextChoices):
    """UICC residual tumour classification."""

    R0 = "r0", _("R0 (none)")
    R1 = "r1", _("R1 (microscopic)")
    R2 = "r2", _("R2 (macroscopic)")
    RX = "rx", _("RX (cannot be assessed)")


class TherapyKind(TextChoices):
    CHEMOTHERAPY = "chemotherapy", _("Chemotherapy")
    TARGETED = "targeted", _("Targeted therapy")
    IMMUNOTHERAPY = "immunotherapy", _("Immunotherapy")
    HORMONAL = "hormonal", _("Hormonal therapy")
    INTERVENTIONAL = "interventional", _("Interventional therapy")
    OTHER = "other", _("Other")


class TherapyTiming(TextChoices):
    """Timing relative to the definitive local treatment."""

    NEOADJUVANT = "neoadjuvant", _("Neoadjuvant")
    CONCURRENT = "concurrent", _("Concurrent with RT")
    SEQUENTIAL = "sequential", _("Sequential")
    ADJUVANT = "adjuvant", _("Adjuvant")
    PALLIATIVE = "palliative", _("Palliative")


class RadiationType(TextChoices):
    PHOTON = "photon", _("Photons")
    ELECTRON = "electron", _("Electrons")
    PROTON = "proton", _("Protons")
    CARBON = "carbon", _("Carbon ions")
    SEALED_SOURCE = "sealed_source", _("Sealed source")
    RADIONUCLIDE = "radionuclide", _("Unsealed radionuclide")


class LesionStatus(TextChoices):
    UNRESECTABLE_PRIMARY = "unresectable_primary", _("Unresectable primary")
    RESECTABLE_PRIMARY = "resectable_primary", _("Resectable primary")
    LOCAL_RELAPSE = "local_relapse", _("Local relapse")
    REGIONAL_NODE = "regional_node", _("Regional node")
    DISTANT_METASTASIS = "distant_metastasis", _("Distant metastasis")
    POSTOPERATIVE_BED = "postoperative_bed", _("Post-operative bed")


class Intent(TextChoices):
    DEFINITIVE = "definitive", _("Definitive")
    PREOPERATIVE = "preoperative", _("Pre-operative")
    POSTOPERATIVE = "postoperative", _("Post-operative")
    REIRRADIATION = "reirradiation", _("Re-irradiation")
    PALLIATIVE = "palliative", _("Palliative")


class Technique(TextChoices):
    CRT_2D = "2d_rt", _("2D RT")
    CRT_3D = "3d_crt", _("3D conformal RT")
    IMRT = "imrt", _("IMRT")
    VMAT = "vmat", _("VMAT")
    SBRT = "sbrt", _("SBRT")
    CYBERKNIFE = "cyberknife", _("SBRT (robotic)")
    BRACHYTHERAPY = "brachytherapy", _("Brachytherapy")
    IORT = "iort", _("Intra-operative RT")
    PROTON = "proton", _("Proton beam")
    CARBON = "carbon", _("Carbon-ion beam")
    EXTERNAL = "external", _("External beam, not specified")
    INTERNAL = "internal", _("Internal, not specified")


class DoseAlgorithm(TextChoices):
    PENCIL_BEAM = "pencil_beam", _("Pencil beam")
    CONVOLUTION = "convolution_superposition", _("Convolution / superposition")
    MONTE_CARLO = "monte_carlo", _("Monte Carlo")
    RAY_TRACING = "ray_tracing", _("Ray tracing")
    BOLTZMANN = "boltzmann", _("Linear Boltzmann transport")
    OTHER = "other", _("Other")


class MotionManagement(TextChoices):
    NONE = "none", _("None")
    ITV = "itv", _("Internal target volume")
    GATING = "gating", _("Respiratory gating")
    TRACKING = "tracking", _("Tracking")
    BREATH_HOLD = "breath_hold", _("Breath hold")
    COMPRESSION = "compression", _("Abdominal compression")


class RbeModel(TextChoices):
    LEM_I = "lem_i", _("LEM I")
    LEM_IV = "lem_iv", _("LEM IV")
    MKM = "mkm", _("MKM")
    CONSTANT_1_1 = "constant_1_1", _("Constant 1.1")


class PhaseKind(TextChoices):
    INITIAL = "initial", _("Initial")
    BOOST = "boost", _("Boost")


class MetricUnit(TextChoices):
    GY = "Gy", _("Gy")
    GY_RBE = "Gy(RBE)", _("Gy(RBE)")
    PERCENT = "%", _("%")
    CM3 = "cm3", _("cm³")


class AssessmentKind(TextChoices):
    CLINIC = "clinic", _("Clinic visit")
    IMAGING = "imaging", _("Imaging only")
    PHONE = "phone", _("Telephone")
    RECORD = "record", _("Record or registry look-up")


class DiseaseStatus(TextChoices):
    NO_EVIDENCE = "no_evidence", _("No evidence of disease")
    WITH_DISEASE = "with_disease", _("Alive with disease")
    UNCERTAIN = "uncertain", _("Uncertain")


class Modality(TextChoices):
    CT = "ct", _("CT")
    MR = "mr", _("MRI")
    PET_CT = "pet_ct", _("PET-CT")
    PET_MR = "pet_mr", _("PET-MRI")
    ULTRASOUND = "ultrasound", _("Ultrasound")
    RADIOGRAPH = "radiograph", _("Radiograph")
    BONE_SCAN = "bone_scan", _("Bone scan")


class ImagingRegion(TextChoices):
    TREATED_SITE = "treated_site", _("Treated site")
    CHEST = "chest", _("Chest")
    ABDOMEN = "abdomen", _("Abdomen and pelvis")
    CHEST_ABDOMEN = "chest_abdomen", _("Chest and abdomen")
    HEAD = "head", _("Head")
    SPINE = "spine", _("Spine")
    WHOLE_BODY = "whole_body", _("Whole body")
    OTHER = "other", _("Other")


class Response(TextChoices):
    """RECIST 1.1 response of one lesion."""

    CR = "cr", _("Complete response")
    PR = "pr", _("Partial response")
    SD = "sd", _("Stable disease")
    PD = "pd", _("Progressive disease")
    NE = "ne", _("Not evaluable")


class ProgressionKind(TextChoices):
    LOCAL = "local", _("Local")
    REGIONAL = "regional", _("Regional")
    DISTANT = "distant", _("Distant")
    UNSPECIFIED = "unspecified", _("Not specified")


class FieldRelation(TextChoices):
    IN_FIELD = "in_field", _("In field")
    MARGINAL = "marginal", _("Marginal")
    OUT_OF_FIELD = "out_of_field", _("Out of field")


class Basis(TextChoices):
    EXAMINATION = "examination", _("Clinical examination")
    IMAGING = "imaging", _("Imaging")
    PATHOLOGY = "pathology", _("Pathology")
    UNSPECIFIED = "unspecified", _("Not specified")


class DeathCause(TextChoices):
    DISEASE = "disease", _("Sarcoma")
    TREATMENT = "treatment", _("Treatment")
    OTHER = "other", _("Other cause")
    UNKNOWN = "unknown", _("Unknown")


class LossReason(TextChoices):
    MOVED = "moved", _("Moved away")
    NO_CONTACT = "no_contact", _("Cannot be reached")
    CARE_ELSEWHERE = "care_elsewhere", _("Followed elsewhere")
    NOT_STATED = "not_stated", _("Not stated")


class Attribution(TextChoices):
    """Relation of an adverse event to the treatment, as CTCAE reporting grades it."""

    UNRELATED = "unrelated", _("Unrelated")
    UNLIKELY = "unlikely", _("Unlikely")
    POSSIBLE = "possible", _("Possible")
    PROBABLE = "probable", _("Probable")
    DEFINITE = "definite", _("Definite")


class ToxicityAction(TextChoices):
    NONE = "none", _("None")
    MEDICATION = "medication", _("Medication")
    DRAINAGE = "drainage", _("Drainage")
    SURGERY = "surgery", _("Surgery")
    HOSPITALISATION = "hospitalisation", _("Hospital admission")
    RT_INTERRUPTED = "rt_interrupted", _("RT interrupted")
    RT_STOPPED = "rt_stopped", _("RT stopped")
    OTHER = "other", _("Other")


class ScreeningOutcome(TextChoices):
    ENROLLED = "enrolled", _("Enrolled")
    NOT_ENROLLED = "not_enrolled", _("Not enrolled")
    PENDING = "pending", _("Pending")


class NotEnrolledReason(TextChoices):
    NOT_ELIGIBLE = "not_eligible", _("Not eligible")
    TOO_MANY_LESIONS = "too_many_lesions", _("Too many lesions")
    OTHER_HISTOLOGY = "other_histology", _("Other histology")
    DECLINED = "declined", _("Declined")
    INCOMPLETE_TREATMENT = "incomplete_treatment", _("Treatment not completed")
    NO_FOLLOW_UP = "no_follow_up", _("No follow-up available")
    OTHER = "other", _("Other")


class FormState(TextChoices):
    """How complete a form of a case is."""

    COMPLETE = "complete", _("Complete")
    PARTIAL = "partial", _("Partial")
    MISSING = "missing", _("Missing")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")
    LOCKED = "locked", _("Locked")


class CorrectionState(TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class CorrectionReason(TextChoices):
    """Why a saved value is changed or a row taken back."""

    TYPING_ERROR = "typing_error", _("Typing or transcription error")
    SOURCE_CORRECTED = "source_corrected", _("The source document was corrected")
    NEW_INFORMATION = "new_information", _("New information")
    WRONG_PATIENT = "wrong_patient", _("Entered for the wrong patient")
    DUPLICATE = "duplicate", _("Entered twice")
    REQUESTED = "requested", _("Correction was asked for")
    OTHER = "other", _("Other")


class MarkKind(TextChoices):
    """What a person says of a form, beside entering it."""

    VERIFIED = "verified", _("Source data verified")
    LOCKED = "locked", _("Locked")
    SIGNED = "signed", _("Signed")


class TransferState(TextChoices):
    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Comorbidity(TextChoices):
    """Conditions of the Charlson Comorbidity Index (Charlson ME et al., J Chronic Dis 1987)."""

    MYOCARDIAL_INFARCTION = "myocardial_infarction", _("Myocardial infarction")
    HEART_FAILURE = "heart_failure", _("Congestive heart failure")
    PERIPHERAL_VASCULAR = "peripheral_vascular", _("Peripheral vascular disease")
    CEREBROVASCULAR = "cerebrovascular", _("Cerebrovascular disease")
    DEMENTIA = "dementia", _("Dementia")
    PULMONARY = "pulmonary", _("Chronic pulmonary disease")
    CONNECTIVE_TISSUE = "connective_tissue", _("Connective tissue disease")
    PEPTIC_ULCER = "peptic_ulcer", _("Peptic ulcer disease")
    MILD_LIVER = "mild_liver", _("Mild liver disease")
    DIABETES = "diabetes", _("Diabetes without organ damage")
    DIABETES_ORGAN_DAMAGE = "diabetes_organ_damage", _("Diabetes with organ damage")
    HEMIPLEGIA = "hemiplegia", _("Hemiplegia or paraplegia")
    RENAL = "renal", _("Moderate or severe renal disease")
    TUMOUR = "tumour", _("Solid tumour without metastasis")
    LEUKAEMIA = "leukaemia", _("Leukaemia")
    LYMPHOMA = "lymphoma", _("Lymphoma")
    SEVERE_LIVER = "severe_liver", _("Moderate or severe liver disease")
    METASTATIC_TUMOUR = "metastatic_tumour", _("Metastatic solid tumour")
    AIDS = "aids", _("AIDS")


class AmendmentReach(TextChoices):
    """Whose visits follow a protocol version from its effective date on."""

    NEW_PATIENTS = "new_patients", _("Patients enrolled from that day on")
    OPEN_VISITS = "open_visits", _("All patients: visits from that day on")


class WithdrawalScope(TextChoices):
    VISITS = "visits", _("From visits; records may still be used")
    ALL = "all", _("From all further collection")


class Role(TextChoices):
    DATA_MANAGER = "data_manager", _("Data manager")
    INVESTIGATOR = "investigator", _("Investigator")
    COORDINATOR = "coordinator", _("Coordinator")
    MONITOR = "monitor", _("Monitor")
    ANALYST = "analyst", _("Analyst")
    READER = "reader", _("Reader of figures")
    ADMINISTRATOR = "administrator", _("Administrator")
