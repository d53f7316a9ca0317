"""Withdrawal of a patient from a study."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.case import Case
from registry.entry.spec import Group, Page, Part
from registry.models import Enrolment


def enrolment_in(case: Case, key: str) -> Enrolment | None:
    """The patient's enrolment in the study of that key; nobody withdraws who is not enrolled."""
    return next((row for row in case.of(Enrolment) if row.study.key == key), None)


WITHDRAWAL = Page(
    key="withdrawal",
    title=_("Withdrawal"),
    section="enrolment",
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
