"""Addresses of entry pages: the one of a row, and of a field on it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from registry.entry.pages import PAGES
from registry.entry.spec import Page, Part
from registry.models import ClinicalRow, Enrolment, Patient, Screening


def form_address(page: str, key: str, patient: Patient) -> str:
    """Address of a form of a patient, "" while there is no such form."""
    if page not in PAGES:
        return ""
    return reverse("registry:enter", args=[page, key, patient.pseudonym])


def new_address(page: str, patient: Patient) -> str:
    """Address of the form for one more: "new" where there may be several; "" for no such form."""
    return form_address(page, PAGES[page].first_key, patient) if page in PAGES else ""


def row_address(row: ClinicalRow, patient: Patient, field: str = "") -> str:
    """Address of the form in which a row is entered, at the row or at one of its fields.

    "" where no form has the row.
    """
    place = _place_of(row, field)
    if place is None:
        parent = getattr(
            row, "target", None
        )  # a link of a target to a lesion is part of the target
        return row_address(parent, patient) if parent is not None else ""
    page, part = place
    prefix = f"{part.prefix}-{row.pk}" if part.repeats else part.prefix
    anchor = f"id_{prefix}-{field}" if field in part.fields else f"row-{prefix}"
    return f"{form_address(page.key, _key(page, part, row), patient)}#{anchor}"


def _place_of(row: ClinicalRow, field: str) -> tuple[Page, Part] | None:
    """The page and part that has the field of the row, else one that has the row at all."""
    places = [
        (page, part) for page in PAGES.values() for part in page.parts if part.model is type(row)
    ]
    with_field = [place for place in places if field in place[1].fields]
    return next(iter(with_field or places), None)


def _key(page: Page, part: Part, row: ClinicalRow) -> str:
    """What stands for the row that the page is about in its address."""
    if isinstance(row, Enrolment | Screening):
        return row.study.key
    root: Any = row if part.parent == "patient" else getattr(row, part.parent)
    return str(root.number) if page.many else page.first_key
