"""A person who is screened: enrolled as a new patient, not enrolled, or not decided yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.applicability import Condition
from registry.derive import age_at
from registry.entry.answers import Answer, ChoiceAnswer, TextAnswer
from registry.entry.entry import Entry
from registry.entry.listed import ListedAnswer
from registry.entry.pages.patient import IDENTITY_FIELDS, IdentityForm
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.errors import Finding
from registry.models import Enrolment, Identity, Patient, Screening
from registry.models.choices import NotEnrolledReason, ScreeningOutcome
from registry.permissions import centres_of_entry
from registry.protocol_in_force import day_of_enrolment
from registry.selectors.studies import studies_of_centre
from registry.services.registration import (
    next_pseudonym,
    next_screening_number,
    pseudonym_problem,
    refusals,
)


class ScreeningForm(RowForm):
    """A screening; its centre and study are chosen among those of the person."""

    row: Screening

    def __init__(self, **kwargs: Any) -> None:
        self.centres = list(centres_of_entry(kwargs["entry"].user))
        self.studies = list(studies_of_centre(*self.centres))
        super().__init__(**kwargs)
        if len(self.centres) == 1:
            del self.fields["centre"]  # nothing to choose

    def make(self, name: str) -> Answer:
        """Lists of studies and centres, else the column's field."""
        if name == "study":
            return ListedAnswer(
                things=self.studies,
                words_of=lambda study: f"{study.key}: {study.title}",
                label=_("Study"),
            )
        if name == "centre":
            return ListedAnswer(things=self.centres, label=_("Centre"))
        if name == "reason_not_enrolled":
            return ChoiceAnswer(
                choices=NotEnrolledReason.choices,
                label=_("Reason not enrolled"),
                takes_reason=False,
                required=False,
            )
        return super().make(name)

    def shown(self, name: str) -> Any:
        """A new screening has no study and no centre yet."""
        if name == "study" and not self.row.study_id:
            return None
        if name == "centre" and self.row._state.adding:
            return None
        return super().shown(name)

    def is_answered(self, name: str, value: Any) -> bool:
        """A pending screening is decided later: that is no correction."""
        return value != ScreeningOutcome.PENDING and super().is_answered(name, value)

    def lay(self) -> None:
        """With centre and number; the patient that comes of it belongs to the same centre."""
        super().lay()
        row, patient = self.row, self.entry.patient
        is_answered = row.reason_not_enrolled or "reason_not_enrolled" in self.errors
        if row.outcome == ScreeningOutcome.NOT_ENROLLED and not is_answered:
            self.add_error("reason_not_enrolled", _("Choose why the person is not enrolled."))
        if not row.study_id:
            row.study = self.studies[0]  # for what is computed: without a study nothing is saved
        patient.centre = row.centre
        row.patient = patient if row.outcome == ScreeningOutcome.ENROLLED else None
        if row._state.adding:
            row.number = next_screening_number(row.study, row.centre)


class PseudonymAnswer(TextAnswer):
    """A pseudonym: part of addresses and file names, so without signs that nobody sees."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(length=40, takes_reason=False, required=False, **kwargs)

    def read(self, text: str) -> str:
        """The pseudonym."""
        text = super().read(text)
        problem = pseudonym_problem(text)
        if problem:
            raise ValidationError(problem)
        return text


class NewPatientForm(RowForm):
    """A patient who is taken in; without a pseudonym the next free one is given."""

    row: Patient

    def make(self, name: str) -> Answer:
        """The pseudonym with its rules, else the column's field."""
        if name != "pseudonym":
            return super().make(name)
        return PseudonymAnswer(
            label=_("Pseudonym"), help_text=_("Left empty: the next free one, shown beside.")
        )

    def lay(self) -> None:
        """With a pseudonym."""
        super().lay()
        if not self.row.pseudonym:
            screening = screening_of(self.entry)
            self.row.pseudonym = next_pseudonym(screening.study, screening.centre)


class NewEnrolmentForm(RowForm):
    """The enrolment that follows from the screening, under the protocol version in force then."""

    row: Enrolment

    def lay(self) -> None:
        """In the study of the screening."""
        super().lay()
        self.row.study = screening_of(self.entry).study
        day = day_of_enrolment(self.row.enrolled_on)
        self.row.protocol_version = self.row.study.protocol_version(day)


def screening_of(entry: Entry) -> Screening:
    """The screening that the page is about."""
    assert isinstance(entry.root, Screening)
    return entry.root


def refuse(entry: Entry) -> Sequence[Finding]:
    """Rules beyond the case; the part of the centre in the study is told at the screening."""
    rows = [one.row for one in entry.rows() if one.counts]
    return refusals(row for row in rows if not isinstance(row, Enrolment))


def live(entry: Entry) -> Mapping[str, Any]:
    """The pseudonym to be given, the age, and the criteria of the study."""
    screening, patient = screening_of(entry), entry.patient
    identities, enrolments = entry.of(Identity), entry.of(Enrolment)
    study = screening.study if screening.study_id else None
    return {
        "study": study,
        "protocol": study.protocol_version().protocol if study is not None else None,
        "next_pseudonym": next_pseudonym(study, screening.centre) if study is not None else "",
        "age": age_at(patient, enrolments[0].enrolled_on) if enrolments else None,
        "refused": refusals(identities),
    }


ENROLLED = ("screening", Condition("outcome", values=frozenset({ScreeningOutcome.ENROLLED.value})))

NEW_PATIENT = Page(
    key="new-patient",
    title=gettext_lazy("Screening and enrolment"),
    section="enrolment",
    intro=gettext_lazy("A new patient, or a person who was screened and not enrolled."),
    live=live,
    refuse=refuse,
    parts=(
        Part(
            model=Screening,
            prefix="screening",
            title=gettext_lazy("Screening"),
            form=ScreeningForm,
            needs=("study", "centre", "outcome"),
            groups=(
                Group(
                    fields=(
                        "study",
                        "centre",
                        "screened_on",
                        "outcome",
                        "reason_not_enrolled",
                        "comment",
                    )
                ),
            ),
        ),
        Part(
            model=Patient,
            prefix="patient",
            title=gettext_lazy("Patient"),
            form=NewPatientForm,
            when=ENROLLED,
            groups=(Group(fields=("pseudonym", "sex", "birth_date")),),
        ),
        Part(
            model=Identity,
            prefix="identity",
            title=gettext_lazy("Identity: kept encrypted, seen in your centre only"),
            form=IdentityForm,
            is_optional=True,
            when=ENROLLED,
            groups=(Group(fields=IDENTITY_FIELDS),),
        ),
        Part(
            model=Enrolment,
            prefix="enrolment",
            title=gettext_lazy("Consent and enrolment"),
            form=NewEnrolmentForm,
            when=ENROLLED,
            groups=(Group(fields=("consent_on", "consent_version", "enrolled_on")),),
        ),
    ),
)
