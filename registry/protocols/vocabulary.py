"""Words that a protocol file may use, and what each of them means in terms of the facts."""

from __future__ import annotations

from enum import StrEnum


def gettext_noop(message: str) -> str:
    """Mark a text for translation where it is defined; it is translated where it is shown."""
    return message


class StudyKind(StrEnum):
    """How the patients come in."""

    TREATMENT = "treatment"  # treated and followed under the protocol
    OBSERVATIONAL = "observational"  # imported records; nothing is scheduled


class Calendar(StrEnum):
    """Whether the dates of the study are days of the real calendar."""

    REAL = "real"
    SHIFTED = "shifted"  # only intervals between dates carry meaning


class DiseaseGroup(StrEnum):
    """Groups of sarcoma that a protocol admits."""

    SOFT_TISSUE = "soft_tissue_sarcoma"
    BONE = "bone_sarcoma"


class DiseaseSetting(StrEnum):
    """Setting at the start of the course."""

    PRIMARY = "primary"
    RECURRENCE = "recurrence"
    OLIGOMETASTASIS = "oligometastasis"
    METASTATIC = "metastatic"


class TimePoint(StrEnum):
    """Days of a patient's course that clocks and endpoints count from."""

    FIRST_RT_DAY = "first_rt_day"
    LAST_RT_DAY = "last_rt_day"
    SURGERY = "surgery"
    DIAGNOSIS = "diagnosis"
    ENROLMENT = "enrolment"


class Unit(StrEnum):
    """What an endpoint is counted on."""

    PATIENT = "patient"
    LESION = "lesion"


class EventKind(StrEnum):
    """What ends an endpoint's time, as an event or as a competing event.

    ``in_field_progression`` is a local progression that is not recorded as out of field;
    ``out_of_field_progression`` is every other progression: together they are ``any_progression``.
    ``wound_complication`` is a toxicity event with one of the CTCAE wound terms (complication,
    dehiscence, infection) after the operation; ``amputation`` is a surgery of that procedure.
    ``late_toxicity_grade_2`` is a toxicity event of grade 2 or more that is late by the protocol's
    border, was not present before radiotherapy and is not attributed as unrelated or unlikely;
    ``late_toxicity_grade_3`` one of grade 3 or more.
    """

    LOCAL_PROGRESSION = "local_progression"
    REGIONAL_PROGRESSION = "regional_progression"
    DISTANT_PROGRESSION = "distant_progression"
    ANY_PROGRESSION = "any_progression"
    IN_FIELD_PROGRESSION = "in_field_progression"
    OUT_OF_FIELD_PROGRESSION = "out_of_field_progression"
    DEATH_ANY = "death_any"
    DEATH_DISEASE = "death_disease"
    AMPUTATION = "amputation"
    WOUND_COMPLICATION = "wound_complication"
    LATE_TOXICITY_GRADE_2 = "late_toxicity_grade_2"
    LATE_TOXICITY_GRADE_3 = "late_toxicity_grade_3"


LATE_GRADES = {EventKind.LATE_TOXICITY_GRADE_2: 2, EventKind.LATE_TOXICITY_GRADE_3: 3}
"""Lowest grade of the kinds of late toxicity."""


class Censoring(StrEnum):
    """The day up to which somebody without an event is known to be without it."""

    LAST_FOLLOW_UP = "last_follow_up"
    LAST_IMAGING = "last_imaging"
    LAST_LOCAL_IMAGING = "last_local_imaging"


class Population(StrEnum):
    """Whom an endpoint is estimated in."""

    ALL = "all"
    SINGLE_VIABLE_SITE = "single_viable_site"  # one viable tumour site at the start of RT


class Item(StrEnum):
    """What a visit is asked to provide; each kind of item runs on its own clock."""

    CLINIC = "clinic"
    TOXICITY = "toxicity"
    LOCAL_IMAGING = "local_imaging"
    SYSTEMIC_IMAGING = "systemic_imaging"
    VITAL_STATUS = "vital_status"  # any contact tells it, a telephone call too
    # Treatment steps whose timing the protocol states; no clock asks for them.
    SURGERY = "surgery"
    RADIOTHERAPY = "radiotherapy"


class EndKind(StrEnum):
    """What ends or thins the follow-up of a patient.

    Death, a withdrawal from everything and the end of the study end every schedule; what the
    others do, the protocol says.
    """

    PROGRESSION = "progression"
    DEATH = "death"
    WITHDRAWAL = "withdrawal"  # from visits; records may still be used
    WITHDRAWAL_ALL = "withdrawal_all"
    LOSS = "loss"
    TRANSFER = "transfer"  # to another centre of the study
    STUDY_END = "study_end"


ALWAYS_END = frozenset({EndKind.DEATH, EndKind.WITHDRAWAL_ALL, EndKind.STUDY_END})
"""What ends every schedule, named by the protocol or not."""


class SecondCourse(StrEnum):
    """What a further course of radiotherapy does to the visits counted from the one before."""

    CONTINUE = "continue"  # nothing: they count from the first course
    RESTART = "restart"  # from its first day on they count from the new course
    BOTH = "both"  # they go on, and those of the new course come beside them


class WorkingDays(StrEnum):
    """Where a target goes that falls on a weekend or a public holiday of the centre's country."""

    OFF = "off"  # it stays
    NEXT = "next"  # to the next working day
    NEAREST = "nearest"  # to the nearest working day, the later of two


class CtcaeRelease(StrEnum):
    """Releases of the Common Terminology Criteria for Adverse Events that are on file."""

    V3_0 = "3.0"
    V4_03 = "4.03"
    V5_0 = "5.0"
    V6_0 = "6.0"


class ToxicityPhase(StrEnum):
    """Acute or late, by the protocol's border."""

    ACUTE = "acute"
    LATE = "late"


class DoseUnit(StrEnum):
    """Language of the doses."""

    GY = "Gy"
    GY_RBE = "Gy(RBE)"


class Technique(StrEnum):
    """Techniques that a protocol may name; the codes of the model's list."""

    CRT_2D = "2d_rt"
    CRT_3D = "3d_crt"
    IMRT = "imrt"
    VMAT = "vmat"
    SBRT = "sbrt"
    CYBERKNIFE = "cyberknife"
    BRACHYTHERAPY = "brachytherapy"
    IORT = "iort"
    PROTON = "proton"
    CARBON = "carbon"


class RbeModel(StrEnum):
    """Model behind doses in Gy(RBE)."""

    LEM_I = "lem_i"
    LEM_IV = "lem_iv"
    MKM = "mkm"
    CONSTANT_1_1 = "constant_1_1"


class MetricUnit(StrEnum):
    """Unit of a dose-volume figure."""

    GY = "Gy"
    GY_RBE = "Gy(RBE)"
    PERCENT = "%"
    CM3 = "cm3"


class Region(StrEnum):
    """Where the irradiated volume lies, for constraints that hold in one region only."""

    ANY = "any"
    EXTREMITY = "extremity"
    TRUNK_WALL = "trunk_wall"


class Form(StrEnum):
    """Forms whose required fields a protocol may name; the models of the same names."""

    PATIENT = "patient"
    ENROLMENT = "enrolment"
    DISEASE = "disease"
    BASELINE = "baseline"
    SURGERY = "surgery"
    LESION = "lesion"
    COURSE = "course"
    PHASE = "phase"
    TARGET = "target"
    ASSESSMENT = "assessment"
    PROGRESSION = "progression"
    DEATH = "death"
    TOXICITY_EVENT = "toxicity_event"


_LABELS: dict[StrEnum, str] = {
    TimePoint.FIRST_RT_DAY: gettext_noop("first day of radiotherapy"),
    TimePoint.LAST_RT_DAY: gettext_noop("last day of radiotherapy"),
    TimePoint.SURGERY: gettext_noop("surgery"),
    TimePoint.DIAGNOSIS: gettext_noop("initial diagnosis"),
    TimePoint.ENROLMENT: gettext_noop("enrolment"),
    Item.CLINIC: gettext_noop("clinical examination"),
    Item.TOXICITY: gettext_noop("toxicity assessment"),
    Item.LOCAL_IMAGING: gettext_noop("local imaging"),
    Item.SYSTEMIC_IMAGING: gettext_noop("systemic imaging"),
    Item.VITAL_STATUS: gettext_noop("vital status"),
    Item.SURGERY: gettext_noop("surgery"),
    Item.RADIOTHERAPY: gettext_noop("start of radiotherapy"),
    EndKind.PROGRESSION: gettext_noop("progression"),
    EndKind.DEATH: gettext_noop("death"),
    EndKind.WITHDRAWAL: gettext_noop("withdrawal"),
    EndKind.WITHDRAWAL_ALL: gettext_noop("withdrawal from all further collection"),
    EndKind.LOSS: gettext_noop("loss to follow-up"),
    EndKind.TRANSFER: gettext_noop("transfer to another centre"),
    EndKind.STUDY_END: gettext_noop("end of the study"),
}


def label(word: StrEnum) -> str:
    """The English words for a time point, an item or an end, marked for translation."""
    return _LABELS[word]
