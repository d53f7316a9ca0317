"""What a person has to see to in the facts: items missing, requests for correction, drafts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from registry.case import Case, load_cases
from registry.checks import check_case
from registry.checks.confirmed import unconfirmed
from registry.completeness import protocols_of
from registry.entry.links import row_address
from registry.entry.pages import PAGES
from registry.errors import Finding
from registry.models import (
    CaseStatus,
    Confirmation,
    CorrectionRequest,
    Draft,
    Patient,
    User,
)
from registry.models.choices import CorrectionState
from registry.selectors.studies import scope_in_force
from registry.services.drafts import place_of

CASES_SHOWN = 10
ROWS_SHOWN = 50


@dataclass(frozen=True)
class Item:
    """One thing to complete or confirm; ``address`` leads to its field, "" where no form has it."""

    what: str
    message: str
    is_unlikely: bool
    address: str


@dataclass(frozen=True)
class CaseToDo:
    """A patient with the items of the case that are open."""

    pseudonym: str
    items: list[Item]


@dataclass(frozen=True)
class CasesToDo:
    """Cases with open items: the first of ``total``."""

    total: int
    cases: list[CaseToDo]


@dataclass(frozen=True)
class Corrections:
    """Requests for correction that wait for the reader: the first of ``total``."""

    total: int
    rows: list[CorrectionRequest]


@dataclass(frozen=True)
class OwnDraft:
    """A form that the reader began and has not saved."""

    address: str
    form: str
    pseudonym: str
    saved_at: dt.datetime


def cases_to_do(*, limit: int = CASES_SHOWN) -> CasesToDo:
    """Patients of the reader's own centres with items missing or to confirm, the most first.

    Who enters no cases is shown none. The number of queries is the same however many there are.
    """
    waiting = CaseStatus.objects.filter(
        Q(incomplete_count__gt=0) | Q(unconfirmed_count__gt=0),
        patient__centre__in=scope_in_force().centre_ids,
        patient__voided_at__isnull=True,
    )
    first = list(
        waiting.order_by(
            (F("incomplete_count") + F("unconfirmed_count")).desc(), "patient__pseudonym"
        ).values_list("patient", flat=True)[:limit]
    )
    patients = Patient.objects.filter(pk__in=first).select_related("centre")
    cases = {case.patient.pk: case for case in load_cases(patients)}
    confirmations: dict[int, list[Confirmation]] = defaultdict(list)
    for confirmation in Confirmation.objects.filter(patient__in=first):
        confirmations[confirmation.patient_id].append(confirmation)
    return CasesToDo(
        waiting.count(), [_case_to_do(cases[key], confirmations[key]) for key in first]
    )


def _case_to_do(case: Case, confirmations: Iterable[Confirmation]) -> CaseToDo:
    findings = check_case(case, today=timezone.localdate(), protocols=protocols_of(case))
    missing = [finding for finding in findings if finding.severity == "incomplete"]
    unlikely = unconfirmed(findings, confirmations)
    items = [_item(finding, case.patient) for finding in (*missing, *unlikely)]
    return CaseToDo(case.patient.pseudonym, items)


def _item(finding: Finding, patient: Patient) -> Item:
    row = finding.row
    address = "" if row is None else row_address(row, patient, finding.field)
    return Item(_what(finding), finding.message, finding.severity == "unlikely", address)


def _what(finding: Finding) -> str:
    """The place of a finding in words: "Course 1: last day"."""
    if finding.row is None:
        return finding.model
    name = str(finding.row._meta.verbose_name)
    words = name[:1].upper() + name[1:]
    if finding.number is not None:
        words = f"{words} {finding.number}"
    if finding.field:
        column = finding.row._meta.get_field(finding.field)
        words = f"{words}: {getattr(column, 'verbose_name', finding.field)}"
    return words


def open_corrections(user: User, *, limit: int = ROWS_SHOWN) -> Corrections:
    """Questions that wait for the reader's own centres, and answers that wait for the reader."""
    at_centre = Q(state=CorrectionState.OPEN, patient__centre__in=scope_in_force().centre_ids)
    asked = Q(asked_by=user) & ~Q(state=CorrectionState.CLOSED)
    waiting = CorrectionRequest.objects.filter(at_centre | asked, patient__voided_at__isnull=True)
    rows = waiting.select_related("patient__centre", "asked_by").order_by("asked_at", "pk")
    return Corrections(waiting.count(), list(rows[:limit]))


def corrections_of(patient: Patient) -> QuerySet[CorrectionRequest]:
    """All requests for correction of a patient, the newest first."""
    rows = CorrectionRequest.objects.filter(patient=patient).select_related("asked_by")
    return rows.order_by("-asked_at", "-pk")


def own_drafts(user: User) -> list[OwnDraft]:
    """The reader's drafts with the forms they belong to, the latest first.

    Drafts of patients that the reader may not see any more are left out.
    """
    drafts = [_own_draft(draft) for draft in Draft.objects.filter(user=user).defer("fields")]
    named = {draft.pseudonym for draft in drafts if draft.pseudonym}
    visible = set(
        Patient.objects.live().filter(pseudonym__in=named).values_list("pseudonym", flat=True)
    )
    return [draft for draft in drafts if not draft.pseudonym or draft.pseudonym in visible]


def _own_draft(draft: Draft) -> OwnDraft:
    found = place_of(draft)
    page = PAGES.get(found.get("form", "patient"))
    title = str(page.title) if page is not None else draft.address
    return OwnDraft(draft.address, title, found.get("pseudonym", ""), draft.saved_at)
