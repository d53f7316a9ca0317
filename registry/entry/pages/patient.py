"""The patient's sex and birth date, and who the patient is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.case import Case
from registry.derive import age_at
from registry.entry.answers import Answer, TextAnswer
from registry.entry.entry import Entry
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.errors import Finding
from registry.models import Course, Identity
from registry.models import Patient as PatientRow
from registry.selectors.own_centre import identity_to_edit
from registry.services.registration import refusals

IDENTITY_FIELDS = ("family_name", "given_names", "record_number", "contact")


class IdentityForm(RowForm):
    """Names and numbers on one line each; the blind indexes follow them."""

    row: Identity

    def make(self, name: str) -> Answer:
        """A line of text, several for the contact."""
        column: Any = self.row._meta.get_field(name)
        return TextAnswer(
            label=str(column.verbose_name).capitalize(),
            help_text=column.help_text,
            required=False,
            lines=2 if name == "contact" else 1,
        )


def identity_in(case: Case, key: str) -> Identity | None:
    """The identity of the patient, or a new one; cases are read without it."""
    return identity_to_edit(case.patient) or Identity(patient=case.patient)


def refuse(entry: Entry) -> Sequence[Finding]:
    """Rules beyond the case on every row that the page writes."""
    return refusals(one.row for one in entry.rows() if one.counts and not one.remove)


def age(entry: Entry) -> Mapping[str, Any]:
    """The age at the start of each course."""
    courses = sorted(entry.case.of(Course), key=lambda row: row.number)
    return {"ages": [(row, age_at(entry.patient, row.started_on)) for row in courses]}


PATIENT = Page(
    key="patient",
    title=_("Sex and birth date"),
    section="enrolment",
    live=age,
    parts=(
        Part(model=PatientRow, prefix="patient", groups=(Group(fields=("sex", "birth_date")),)),
    ),
)

IDENTITY = Page(
    key="identity",
    title=_("Identity"),
    section="identity",
    intro=_("Kept encrypted. Only your own centre sees it."),
    refuse=refuse,
    parts=(
        Part(
            model=Identity,
            prefix="identity",
            form=IdentityForm,
            root=identity_in,
            is_optional=True,
            groups=(Group(fields=IDENTITY_FIELDS),),
        ),
    ),
)
