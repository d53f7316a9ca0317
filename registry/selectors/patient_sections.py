"""The sections of a patient's page: what each holds, what is missing in it, where it is entered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.checks import check_case
from registry.checks.confirmed import unconfirmed
from registry.entry.links import form_address, new_address, row_address
from registry.errors import Finding
from registry.models import (
    Assessment,
    Baseline,
    ClinicalRow,
    Confirmation,
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
from registry.selectors.patient_file import PatientFile
from registry.selectors.row_words import row_words
from registry.selectors.studies import studies_of_centre

Models = tuple[type[ClinicalRow], ...]


@dataclass(frozen=True)
class Kind:
    """A section of every patient's page. Its tables, and the pages on which they are entered.

    ``forms`` are entry pages with the words of the link; ``empty`` is said where there is no row;
    ``counts`` are the tables whose rows are counted in the heading: a phase is part of its course.
    """

    ident: str
    title: str | Promise
    models: Models
    forms: tuple[tuple[str, str | Promise], ...] = ()
    empty: str | Promise = ""
    counts: Models = ()


_ADD = gettext_lazy("Add")
_CHANGE = gettext_lazy("Change")

KINDS: tuple[Kind, ...] = (
    Kind("identity", gettext_lazy("Identity"), (Identity,), (("identity", _CHANGE),)),
    Kind(
        "enrolment",
        gettext_lazy("Screening and enrolment"),
        (Patient, Screening, Enrolment),
        (("patient", gettext_lazy("Change sex and birth date")),),
        gettext_lazy("Not enrolled in a study."),
    ),
    Kind(
        "baseline",
        gettext_lazy("Baseline"),
        (Baseline,),
        (("baseline", _ADD),),
        gettext_lazy("No baseline recorded."),
        counts=(Baseline,),
    ),
    Kind(
        "disease",
        gettext_lazy("Disease"),
        (Disease,),
        (("disease", _ADD),),
        gettext_lazy("No disease recorded."),
        counts=(Disease,),
    ),
    Kind(
        "treatment",
        gettext_lazy("Surgery and other treatment"),
        (TreatmentHistory, Surgery, SystemicTherapy, PriorRadiotherapy),
        (("treatment", gettext_lazy("Add or change")),),
        gettext_lazy("No surgery, systemic therapy or earlier radiotherapy recorded."),
        counts=(Surgery, SystemicTherapy, PriorRadiotherapy),
    ),
    Kind(
        "lesions",
        gettext_lazy("Lesions"),
        (Lesion,),
        (("lesions", gettext_lazy("Add or change")),),
        gettext_lazy("No lesion recorded."),
        counts=(Lesion,),
    ),
    Kind(
        "courses",
        gettext_lazy("Radiotherapy courses"),
        (Course, Target, TargetLesion, Phase, DoseMetric),
        (("course", _ADD),),
        gettext_lazy("No course recorded."),
        counts=(Course,),
    ),
    Kind(
        "assessments",
        gettext_lazy("Assessments"),
        (Assessment, ImagingStudy, LesionAssessment),
        (("assessment", _ADD),),
        gettext_lazy("No assessment recorded."),
        counts=(Assessment,),
    ),
    Kind(
        "toxicity",
        gettext_lazy("Toxicity"),
        (ToxicityEvent,),
        (("toxicity", _ADD),),
        gettext_lazy("No toxicity recorded."),
        counts=(ToxicityEvent,),
    ),
    Kind(
        "progression",
        gettext_lazy("Progression"),
        (Progression,),
        (("progression", _ADD),),
        gettext_lazy("No progression recorded."),
        counts=(Progression,),
    ),
    Kind(
        "outcome",
        gettext_lazy("Outcome"),
        (Death, LossToFollowUp),
        (("death", gettext_lazy("Death")), ("loss", gettext_lazy("Loss to follow-up"))),
        gettext_lazy("No death and no loss to follow-up recorded."),
    ),
)
"""The sections from top to bottom."""

BY_IDENT: Mapping[str, Kind] = {kind.ident: kind for kind in KINDS}


def section_of(entity: str) -> str:
    """Ident of the section that shows the rows of a table."""
    return next(
        kind.ident for kind in KINDS if any(model.entity() == entity for model in kind.models)
    )


@dataclass(frozen=True)
class Link:
    """Words and where they lead; "" for nowhere."""

    words: str
    address: str


@dataclass(frozen=True)
class Problems:
    """What the checks found in one row: each in words, with the field in its form."""

    row: str
    links: list[Link]


@dataclass(frozen=True)
class Section:
    """A section of one patient's page.

    ``links`` lead to the entry pages, for people who may enter. ``missing`` is what is incomplete,
    ``doubtful`` what is unlikely and not confirmed, ``wrong`` what cannot be.
    """

    kind: Kind
    count: int
    links: list[Link]
    missing: list[Problems]
    doubtful: list[Problems]
    wrong: list[Problems]

    @property
    def open_count(self) -> int:
        """How many things are still to be settled."""
        parts = (*self.missing, *self.doubtful, *self.wrong)
        return sum(len(problems.links) for problems in parts)


def patient_sections(file: PatientFile, *, today: dt.date, may_enter: bool) -> dict[str, Section]:
    """The sections of a patient by their idents, in a fixed number of queries.

    ``may_enter``: links lead to the entry pages; without it the problems are plain words.
    """
    found = check_case(
        file.case,
        today=today,
        protocols=[row.protocol_version.protocol for row in file.enrolments],
    )
    confirmations = Confirmation.objects.filter(patient=file.patient)
    shown = [
        *(one for one in found if one.severity != "unlikely"),
        *unconfirmed(found, confirmations),
    ]
    return {
        kind.ident: _section(kind, file, shown, may_enter=may_enter)
        for kind in KINDS
        if kind.ident != "identity" or file.identity is not None or may_enter
    }


def plain_sections(file: PatientFile) -> dict[str, Section]:
    """The same without problems and links: what was on file, to read. Asks the database nothing."""
    return {
        kind.ident: _section(kind, file, (), may_enter=False)
        for kind in KINDS
        if kind.ident != "identity" or file.identity is not None
    }


def _section(
    kind: Kind, file: PatientFile, findings: Sequence[Finding], *, may_enter: bool
) -> Section:
    own = [one for one in findings if type(one.row) in kind.models]

    def problems(severity: str) -> list[Problems]:
        rows: dict[str, list[Link]] = {}
        for one in own:
            if one.severity == severity and one.row is not None:
                address = row_address(one.row, file.patient, one.field) if may_enter else ""
                rows.setdefault(row_words(one.row), []).append(Link(_words(one), address))
        return [Problems(row, links) for row, links in rows.items()]

    return Section(
        kind=kind,
        count=sum(len(file.case.of(model)) for model in kind.counts),
        links=list(_links(kind, file)) if may_enter else [],
        missing=problems("incomplete"),
        doubtful=problems("unlikely"),
        wrong=problems("impossible"),
    )


def _links(kind: Kind, file: PatientFile) -> Iterable[Link]:
    for page, words in kind.forms:
        address = new_address(page, file.patient)
        if address and not (page == "death" and file.death is not None):
            yield Link(str(words), address)
    if kind.ident != "enrolment":
        return
    if not file.enrolments:
        for study in studies_of_centre(file.patient.centre):
            words = _("Enrol in %(study)s") % {"study": study.key}
            yield Link(words, form_address("enrolment", study.key, file.patient))
    for row in file.enrolments:
        which = f" ({row.study.key})" if len(file.enrolments) > 1 else ""
        for page, words in (("enrolment", _("Change enrolment")), ("withdrawal", _("Withdrawal"))):
            address = form_address(page, row.study.key, file.patient)
            if address:
                yield Link(f"{words}{which}", address)


def _words(finding: Finding) -> str:
    """The field, and what is wrong with it; the field alone where it is only required."""
    name = ""
    if finding.field and finding.row is not None:
        name = field_words(finding.row, finding.field)
    if name and finding.check_id.startswith("required-by-"):
        return name
    return f"{name}: {finding.message}" if name else finding.message


def field_words(row: ClinicalRow, field: str) -> str:
    """The name of a field as the forms have it; the code of one that the table does not have."""
    names = {column.name: str(column.verbose_name) for column in row._meta.concrete_fields}
    return names.get(field, field)
