"""Withdrawal of a patient from a study."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from registry.case import Case
from registry.entry.entry import Entry
from registry.entry.spec import Group, Page, Part
from registry.models import Enrolment


def enrolment_in(case: Case, key: str) -> Enrolment | None:
    """The patient's enrolment in the study of that key; nobody withdraws who is not enrolled."""
    return next((row for row in case.of(Enrolment) if row.study.key == key), None)


def enrolment_as_typed(entry: Entry) -> Mapping[str, Enrolment]:
    """The enrolment that the withdrawal ends."""
    (row,) = entry.of(Enrolment)
    return {"enrolment": row}


WITHDRAWAL = Page(
    key="withdrawal",
    title=_("Withdrawal"),
    section="enrolment",
    live=enrolment_as_typed,
    intro=_("What was recorded until the day of withdrawal stays in the registry."),
    parts=(
        Part(
            model=Enrolment,
            prefix="enrolment",
            root=enrolment_in,
            groups=(Group(fields=("withdrawal_scope", "withdrawn_on", "withdrawal_reason")),),
        ),
    ),
)
