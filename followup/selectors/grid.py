"""The status grid: which patients it lists, cut and ordered by the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, OuterRef, Q, QuerySet

from followup.models import ExpectedVisit, VisitState
from followup.selectors.grid_lines import OVERDUE, GridLine, lines_of
from followup.selectors.listing import Listing, ListingPaginator
from followup.selectors.visits import current, overdue_on
from registry.models import CaseStatus, Centre, Enrolment, Identity, Patient
from registry.models.choices import FormState
from registry.scope import ScopedQuerySet, system_scope
from registry.selectors.patient_state import in_state
from registry.selectors.studies import scope_in_force
from registry.services.identity_looks import Place, record_looks

ORDERS = {
    "pseudonym": ("pseudonym",),
    "birth": ("birth_date", "pseudonym"),
}
"""Orders by columns of the patient; a leading "-" reverses them."""

BY_CENTRE = "centre"
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
        work: "missing" (required items), "unlikely" (values to confirm), "open" (one of both) or
            "overdue" (visits).
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
    """A page of keys, with a line for each.

    ``last`` is the pseudonym that the next page follows; None where that says nothing.
    """

    page: Page[int]
    lines: list[GridLine]
    last: str | None = None


def grid_page(
    cut: GridFilter,
    order: str,
    number: str | None,
    today: dt.date,
    *,
    per_page: int,
    after: str = "",
) -> GridPage:
    """A page of the grid within the scope in force, in three to six queries.

    ``after`` is the last pseudonym of the page before, "" when it is not known: with it a page far
    behind is read from its beginning, without it all rows before it are passed.
    """
    listing = grid_listing(cut, order, today)
    behind = _behind(listing, order, after)
    page = ListingPaginator(listing, per_page).page_of(number, behind)
    keys = list(page)
    if cut.found:
        # The list says whose record number or family name it is.
        record_looks(keys, place=Place.LIST)
    lines = lines_of(keys, today)
    goes_on = bool(lines) and page.has_next() and order.removeprefix("-") == "pseudonym"
    return GridPage(page, lines, lines[-1].pseudonym if goes_on else None)


def grid_listing(cut: GridFilter, order: str, today: dt.date) -> Listing:
    """Keys of the patients of the scope that fit, in that order; an unknown order is the usual."""
    parts: list[QuerySet[Any, int]] = []
    for condition in _form_conditions(cut):
        parts += _in_order(_fitting(cut, today, condition), order)
    return Listing(*parts)


def _behind(listing: Listing, order: str, pseudonym: str) -> QuerySet[Any, int] | None:
    """The keys that follow a pseudonym; None where the list is not in that order."""
    if not pseudonym or len(listing.parts) > 1 or order.removeprefix("-") != "pseudonym":
        return None
    comes_after = "pseudonym__gt" if order == "pseudonym" else "pseudonym__lt"
    return listing.parts[0].filter(**{comes_after: pseudonym})


def _in_order(patients: QuerySet[Patient], order: str) -> list[QuerySet[Any, int]]:
    """The keys of these patients in that order, in parts that follow one another."""
    if order == MOST_MISSING:
        without = patients.filter(~Q(_items("incomplete_count")))
        return [_by_missing(patients), _keys(without, "pseudonym")]
    if order == NEXT_VISIT:
        without = patients.exclude(_has_open_visit())
        return [_by_next_visit(patients), _keys(without, "pseudonym")]
    if order in (BY_CENTRE, f"-{BY_CENTRE}"):
        return _by_centre(patients, is_reversed=order != BY_CENTRE)
    return [_keys(patients, *_columns(order))]


def _fitting(cut: GridFilter, today: dt.date, of_forms: Q) -> QuerySet[Patient]:
    """Patients of the scope that fit; ``of_forms`` is the condition on the state of a form.

    The scope comes last: SQLite asks the conditions in this order, and the scope of a study keeps
    most patients.
    """
    with system_scope():
        everybody: ScopedQuerySet[Patient] = Patient.objects.live()
    patients = (_of_identity(cut.found) if cut.found else everybody).filter(of_forms)
    if cut.study:
        enrolled = Enrolment.objects.live().filter(study__key=cut.study, patient=OuterRef("pk"))
        patients = patients.filter(Exists(enrolled))
    if cut.centre:
        patients = patients.filter(centre__code=cut.centre)
    if cut.search.strip():
        patients = patients.filter(pseudonym__icontains=cut.search.strip())
    if cut.state:
        patients = patients.filter(in_state(cut.state))
    if cut.work == "open":
        patients = patients.filter(_items("incomplete_count") | _items("unconfirmed_count"))
    elif cut.work == "missing":
        patients = patients.filter(_items("incomplete_count"))
    elif cut.work == "unlikely":
        patients = patients.filter(_items("unconfirmed_count"))
    elif cut.work == "overdue" or cut.form_state == OVERDUE:
        patients = patients.filter(_is_overdue(today))
    return patients.within(scope_in_force())


def _of_identity(indexes: Collection[str]) -> ScopedQuerySet[Patient]:
    """Patients of the reader's own centres: identities of others are out of the scope."""
    own = Identity.objects.live()
    found: list[int] = []
    # Asked one by one, so that each is read along its index.
    for condition in (Q(record_number_index__in=indexes), Q(family_name_index__in=indexes)):
        found += own.filter(condition).values_list("patient", flat=True)
    with system_scope():
        return Patient.objects.live().filter(pk__in=found)


def _form_conditions(cut: GridFilter) -> list[Q]:
    """What the form's state asks of patients, one condition for each part of the list.

    A patient whose status nobody has worked out yet counts as one whose forms are missing. They
    are a part of their own: with one condition for both, every status would have to be read.
    """
    if not cut.form_state or cut.form_state == OVERDUE:
        return [Q()]
    with system_scope():
        fitting = CaseStatus.objects.filter(**{cut.form: cut.form_state}, patient=OuterRef("pk"))
    without = [Q(status__isnull=True)] if cut.form_state == FormState.MISSING else []
    return [Q(Exists(fitting)), *without]


def _items(count: str) -> Q:
    return Q(**{f"status__{count}__gt": 0}) | _NOBODY


_NOBODY = Q(status__isnull=True, pk__lt=0)
"""Fits no patient; keeps the join an outer one, so that SQLite begins with the patients, in order,
and not with all statuses."""


def _is_overdue(today: dt.date) -> Q:
    overdue = current(ExpectedVisit.objects.filter(overdue_on(today))).order_by()
    return Q(pk__in=overdue.values("enrolment__patient"))


def _by_missing(patients: QuerySet[Patient]) -> QuerySet[Any, int]:
    """Patients with items missing, read from the statuses in the order of an index."""
    with system_scope():
        statuses = CaseStatus.objects.filter(incomplete_count__gt=0)
    fitting = statuses.filter(Exists(patients.filter(pk=OuterRef("patient")).order_by()))
    return fitting.order_by("-incomplete_count", "patient_id").values_list("patient_id", flat=True)


def _by_next_visit(patients: QuerySet[Patient]) -> QuerySet[Any, int]:
    """Patients with open visits, the one whose first window closes first at the top.

    Read from the visits in the order of an index: a visit counts when its patient has no earlier.
    """
    visits = _open_visits()
    earlier = visits.filter(
        Q(window_end__lt=OuterRef("window_end"))
        | Q(window_end=OuterRef("window_end"), pk__lt=OuterRef("pk")),
        enrolment__patient=OuterRef("enrolment__patient"),
    )
    fitting = patients.filter(pk=OuterRef("enrolment__patient")).order_by()
    first = visits.filter(Exists(fitting), ~Exists(earlier)).order_by("window_end", "pk")
    return first.values_list("enrolment__patient_id", flat=True)


def _has_open_visit() -> Exists:
    return Exists(_open_visits().filter(enrolment__patient=OuterRef("pk")))


def _open_visits() -> QuerySet[ExpectedVisit]:
    """Of all patients: only for conditions on patients of the scope."""
    with system_scope():
        return ExpectedVisit.objects.filter(
            state=VisitState.OPEN, enrolment__voided_at__isnull=True
        )


def _by_centre(patients: QuerySet[Patient], *, is_reversed: bool) -> list[QuerySet[Any, int]]:
    """One part per centre: together they would have to be sorted before the first is shown."""
    scope = scope_in_force()
    centres = Centre.objects.order_by("-code" if is_reversed else "code")
    if not (scope.everything or scope.study_ids):
        by_access = Patient.objects.filter(pk__in=scope.patient_ids).values("centre")
        centres = centres.filter(Q(pk__in=scope.centre_ids) | Q(pk__in=by_access))
    column = "-pseudonym" if is_reversed else "pseudonym"
    return [_keys(patients.filter(centre=centre), column) for centre in centres]


def _keys(patients: QuerySet[Patient], *columns: str) -> QuerySet[Any, int]:
    return patients.order_by(*columns).values_list("pk", flat=True)


def _columns(order: str) -> list[str]:
    key = order.removeprefix("-")
    if key not in ORDERS:
        return list(ORDERS[DEFAULT_ORDER])
    return [f"-{column}" for column in ORDERS[key]] if order != key else list(ORDERS[key])
