"""Finds the page, case and row behind an address, and whether the person may enter there."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext as _

from registry.case import Case, load_case
from registry.entry.entry import Entry
from registry.entry.pages import PAGES
from registry.entry.spec import Page, Part
from registry.models import ClinicalRow, Enrolment, Patient, User
from registry.permissions import may_enter_cases
from registry.services.mark_upkeep import marks_in_force

NEW = "new"
"""Key of a row that is not there yet."""


def open_entry(
    request: HttpRequest, form: str, key: str, pseudonym: str, data: QueryDict | None = None
) -> Entry:
    """The page ``form`` on a patient of the person's scope.

    Raises:
        Http404: no such page, row or visible patient.
        PermissionDenied: the person does not enter cases at the patient's centre.
    """
    page = PAGES.get(form)
    patient = (
        Patient.objects.live().select_related("centre").filter(pseudonym=pseudonym).first()
        if page is not None
        else None
    )
    if page is None or patient is None:
        raise Http404
    user = request.user
    if not isinstance(user, User) or not may_enter_cases(user, patient.centre_id):
        raise PermissionDenied(_("You do not enter cases at this centre."))
    case = load_case(patient)
    root = None if page.root is None else _root(page, page.root, case, key, request)
    entry = Entry(page, case, user=user, root=root, data=data, query=request.GET)
    entry.lay_locks(marks_in_force([patient.pk]))
    return entry


def _root(page: Page, part: Part, case: Case, key: str, request: HttpRequest) -> ClinicalRow:
    if part.model is Patient:
        return case.patient
    if part.root is not None:
        chosen = part.root(case, key)
        if chosen is None:
            raise Http404
        return chosen
    rows: list[Any] = list(case.of(part.model))
    if part.model is Enrolment:
        found = [row for row in rows if row.study.key == key]
    else:
        found = [row for row in rows if str(getattr(row, "number", 1)) == key]
    for saved in found:
        return cast(ClinicalRow, saved)
    if key != NEW and page.many:
        raise Http404
    row: Any = part.model(**{part.parent: case.patient})
    if hasattr(row, "number"):
        row.number = max((held.number for held in _ever(case, part)), default=0) + 1
    for name, value in (part.defaults(case, request.GET) if part.defaults else {}).items():
        setattr(row, name, value)
    return cast(ClinicalRow, row)


def _ever(case: Case, part: Part) -> list[Any]:
    """Rows that are or were: numbers are never used twice."""
    return list(case.rows.get(part.model, ()))
