"""Consent and enrolment of a patient in one study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.case import Case
from registry.derive import age_at
from registry.entry.entry import Entry
from registry.entry.pages.patient import refuse
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.models import ClinicalRow, Enrolment, Screening
from registry.models.choices import ScreeningOutcome
from registry.protocol_in_force import day_of_enrolment
from registry.selectors.studies import studies_of_centre
from registry.services.registration import next_screening_number


def enrolment_in(case: Case, key: str) -> Enrolment | None:
    """The enrolment in the study of that key; a new one in a further study of the centre."""
    held = next((row for row in case.of(Enrolment) if row.study.key == key), None)
    if held is not None:
        return held
    study = studies_of_centre(case.patient.centre).filter(key=key).first()
    if study is None:
        return None
    version = study.protocol_version()
    return Enrolment(patient=case.patient, study=study, protocol_version=version)


def screening_for(case: Case, root: ClinicalRow | None) -> Screening:
    """The screening that led to the enrolment, or a new one."""
    assert isinstance(root, Enrolment)
    study, centre = root.study, case.patient.centre
    held = next((row for row in case.of(Screening) if row.study_id == study.pk), None)
    return held or Screening(
        study=study,
        centre=centre,
        patient=case.patient,
        number=next_screening_number(study, centre),
        outcome=ScreeningOutcome.ENROLLED,
    )


def live(entry: Entry) -> Mapping[str, Any]:
    """The study with its criteria, the age, and the studies that the patient is not in."""
    enrolment = entry.root
    assert isinstance(enrolment, Enrolment)
    inside = {row.study_id for row in entry.case.of(Enrolment)} | {enrolment.study_id}
    return {
        "enrolment": enrolment,
        "protocol": enrolment.protocol_version.protocol,
        "age": age_at(entry.patient, enrolment.enrolled_on),
        "other_studies": studies_of_centre(entry.patient.centre).exclude(pk__in=inside),
    }


class EnrolmentForm(RowForm):
    """Dates of the enrolment; a new one is under the protocol version in force then."""

    row: Enrolment

    def lay(self) -> None:
        """With the version, which stays once it is saved."""
        super().lay()
        if self.row._state.adding:
            day = day_of_enrolment(self.row.enrolled_on)
            self.row.protocol_version = self.row.study.protocol_version(day)


ENROLMENT = Page(
    key="enrolment",
    title=_("Consent and enrolment"),
    section="enrolment",
    live=live,
    refuse=refuse,
    parts=(
        Part(
            model=Enrolment,
            prefix="enrolment",
            root=enrolment_in,
            form=EnrolmentForm,
            groups=(Group(fields=("consent_on", "consent_version", "enrolled_on")),),
        ),
        Part(
            model=Screening,
            prefix="screening",
            title=_("Screening"),
            single=screening_for,
            is_optional=True,
            groups=(Group(fields=("screened_on", "comment")),),
        ),
    ),
)
