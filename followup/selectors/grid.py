"""The status grid: which patients it lists, cut and ordered by the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q, QuerySet

from followup.models import ExpectedVisit, VisitState
from followup.selectors.grid_lines import GridLine, lines_of
from followup.selectors.listing import Listing, ListingPaginator
from followup.selectors.visits import current, overdue_on
from registry.models import Enrolment, Identity, Patient
from registry.models.choices import FormState
from registry.selectors.patient_state import in_state

ORDERS = {
    "pseudonym": ("pseudonym",),
    "centre": ("centre__code", "pseudonym"),
    "birth": ("birth_date", "pseudonym"),
}
"""Orders by columns of the patient; a leading "-" reverses them."""

MOST_MISSING = "missing"
NEXT_VISIT = "next"
"""Orders that begin with what is most urgent and cannot be reversed."""

DEFAULT_ORDER = "pseudonym"


@dataclass(frozen=True)
class GridFilter:
    """What the grid is cut to; "" for any.

    Attributes:
        study, centre: key and code.
        state: a :class:`PatientState`.
        work: "missing" (required items), "unlikely" (values to confirm) or "overdue" (visits).
        form, form_state: a form of the grid in a :class:`FormState` or "overdue".
        search: part of a pseudonym.
        found: blind indexes of a record number or a family name.
    """

    study: str = ""
    centre: str = ""
    state: str = ""
    work: str = ""
    form: str = ""
    form_state: str = ""
    search: str = ""
    found: Collection[str] = ()


@dataclass(frozen=True)
class GridPage:
    """A page of keys, with a line for each."""

    page: Page[int]
    lines: list[GridLine]


def grid_page(
    cut: GridFilter, order: str, number: str | None, today: dt.date, *, per_page: int
) -> GridPage:
    """A page of the grid within the scope in force, in three or four queries."""
    page = ListingPaginator(grid_listing(cut, order, today), per_page).page_of(number)
    return GridPage(page, lines_of(page.object_list, today))


def grid_listing(cut: GridFilter, order: str, today: dt.date) -> Listing:
    """Keys of the patients of the scope that fit, in that order; an unknown order is the usual."""
    patients = _fitting(cut, today)
    if order == MOST_MISSING:
        return Listing(
            patients,
            _keys(patients.filter(_IS_INCOMPLETE), "-status__incomplete_count", "pseudonym"),
            _keys(patients.filter(_NOT_INCOMPLETE), "pseudonym"),
        )
    if order == NEXT_VISIT:
        return Listing(
            patients,
            _by_next_visit(patients),
            _keys(patients.exclude(_has_visit(Q())), "pseudonym"),
        )
    return Listing(patients, _keys(patients, *_columns(order)))


_IS_INCOMPLETE = Q(status__incomplete_count__gt=0)
_NOT_INCOMPLETE = Q(status__isnull=True) | Q(status__incomplete_count=0)


def _fitting(cut: GridFilter, today: dt.date) -> QuerySet[Patient]:
    patients: QuerySet[Patient] = Patient.objects.live()
    if cut.study:
        enrolled = Enrolment.objects.live().filter(study__key=cut.study, patient=OuterRef("pk"))
        patients = patients.filter(Exists(enrolled))
    if cut.centre:
        patients = patients.filter(centre__code=cut.centre)
    if cut.search.strip():
        patients = patients.filter(pseudonym__icontains=cut.search.strip())
    if cut.found:
        patients = patients.filter(pk__in=_of_identity(cut.found))
    if cut.state:
        patients = patients.filter(in_state(cut.state))
    if cut.work == "missing":
        patients = patients.filter(_IS_INCOMPLETE)
    elif cut.work == "unlikely":
        patients = patients.filter(status__unconfirmed_count__gt=0)
    elif cut.work == "overdue":
        patients = patients.filter(_is_overdue(today))
    if cut.form_state:
        patients = patients.filter(_form_in_state(cut.form, cut.form_state, today))
    return patients


def _of_identity(indexes: Collection[str]) -> list[int]:
    """Patients of the reader's own centres: identities of others are out of the scope."""
    by_index = Q(record_number_index__in=indexes) | Q(family_name_index__in=indexes)
    # Few enough to be read first: so the database begins with them whatever else is asked.
    return list(Identity.objects.live().filter(by_index).values_list("patient", flat=True))


def _form_in_state(form: str, state: str, today: dt.date) -> Q:
    """A patient without status counts as one whose forms are missing."""
    if state == "overdue":
        return _is_overdue(today)
    fits = Q(**{f"status__{form}": state})
    return fits | Q(status__isnull=True) if state == FormState.MISSING else fits


def _is_overdue(today: dt.date) -> Q:
    overdue = current(ExpectedVisit.objects.filter(overdue_on(today))).order_by()
    return Q(pk__in=overdue.values("enrolment__patient"))


def _has_visit(condition: Q) -> Exists:
    """An open visit of the patient that meets the condition."""
    visits = current(ExpectedVisit.objects.filter(condition, state=VisitState.OPEN))
    return Exists(visits.filter(enrolment__patient=OuterRef("pk")))


def _by_next_visit(patients: QuerySet[Patient]) -> QuerySet[Patient, int]:
    """Patients with open visits, the one whose first window closes first at the top.

    Read from the visits in the order of an index: a visit counts when its patient has no earlier.
    """
    open_visits = current(ExpectedVisit.objects.filter(state=VisitState.OPEN))
    earlier = open_visits.filter(
        Q(window_end__lt=OuterRef("window_end"))
        | Q(window_end=OuterRef("window_end"), pk__lt=OuterRef("pk")),
        enrolment__patient=OuterRef("enrolment__patient"),
    )
    fitting = patients.filter(pk=OuterRef("enrolment__patient")).order_by()
    first = open_visits.filter(Exists(fitting), ~Exists(earlier)).order_by("window_end", "pk")
    return first.values_list("enrolment__patient", flat=True)  # type: ignore[return-value]


def _keys(patients: QuerySet[Patient], *columns: str) -> QuerySet[Patient, int]:
    return patients.order_by(*columns).values_list("pk", flat=True)


def _columns(order: str) -> list[str]:
    key = order.removeprefix("-")
    if key not in ORDERS:
        return list(ORDERS[DEFAULT_ORDER])
    return [f"-{column}" for column in ORDERS[key]] if order != key else list(ORDERS[key])
