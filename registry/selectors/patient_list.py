"""The list of patients: filters, search, order, and one line per patient."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.keyring import blind_index
from registry.models import (
    Centre,
    Course,
    Death,
    Disease,
    Enrolment,
    Identity,
    LossToFollowUp,
    Patient,
)
from registry.scope import current_scope
from registry.selectors.code_names import disease_line
from registry.selectors.own_centre import age_shown


class PatientState(TextChoices):
    """What became of a patient, from the facts; death outweighs withdrawal, that outweighs loss."""

    ALIVE = "alive", _("In follow-up")
    DEAD = "dead", pgettext_lazy("patient status", "Died")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LOST = "lost", _("Lost to follow-up")


ORDERS = {
    "pseudonym": ("pseudonym",),
    "centre": ("centre__code", "pseudonym"),
    "birth": ("birth_date", "pseudonym"),
}
"""Orders that may be asked for; a leading "-" reverses them."""

DEFAULT_ORDER = "pseudonym"


def with_state(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Patients with their :class:`PatientState` as ``state``."""

    def has(rows: QuerySet[Death] | QuerySet[Enrolment] | QuerySet[LossToFollowUp]) -> Exists:
        return Exists(rows.filter(patient=OuterRef("pk")))

    return patients.annotate(
        state=Case(
            When(has(Death.objects.live()), then=Value(PatientState.DEAD)),
            When(
                has(Enrolment.objects.live().filter(withdrawn_on__isnull=False)),
                then=Value(PatientState.WITHDRAWN),
            ),
            When(
                has(LossToFollowUp.objects.live().filter(found_again_on__isnull=True)),
                then=Value(PatientState.LOST),
            ),
            default=Value(PatientState.ALIVE),
            output_field=CharField(),
        )
    )


def patient_list(
    *,
    study: str = "",
    centre: str = "",
    state: str = "",
    search: str = "",
    order: str = DEFAULT_ORDER,
) -> QuerySet[Patient]:
    """Patients of the scope that fit the filters (keys and codes; "" for any), in that order.

    ``search`` finds part of a pseudonym, or a whole record number of the reader's own centres.
    An order that is not on the list falls back to the pseudonym.
    """
    patients: QuerySet[Patient] = Patient.objects.live()
    if study:
        enrolled = Enrolment.objects.live().filter(study__key=study)
        patients = patients.filter(pk__in=enrolled.values("patient"))
    if centre:
        patients = patients.filter(centre__code=centre)
    if search.strip():
        patients = patients.filter(_found(search.strip()))
    patients = with_state(patients)
    if state:
        patients = patients.filter(**{"state": state})  # an annotation, unknown to the type checker
    return patients.order_by(*_columns(order))


def _found(search: str) -> Q:
    found = Q(pseudonym__icontains=search)
    scope = current_scope()
    own = Centre.objects.filter(pk__in=scope.centre_ids) if scope else Centre.objects.none()
    indexes = [blind_index(search, centre_code=centre.code) for centre in own]
    if indexes:
        identities = Identity.objects.live().filter(record_number_index__in=indexes)
        found |= Q(pk__in=identities.values("patient"))
    return found


def _columns(order: str) -> list[str]:
    key = order.removeprefix("-")
    if key not in ORDERS:
        return list(ORDERS[DEFAULT_ORDER])
    return [f"-{column}" for column in ORDERS[key]] if order != key else list(ORDERS[key])


def with_list_details(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Patients with what a line of the list shows, in a fixed number of queries."""
    diseases = Disease.objects.live().order_by("number")
    courses = (
        Course.objects.live()
        .filter(patient=OuterRef("pk"))
        .order_by()
        .values("patient")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return (
        patients.select_related("centre")
        .annotate(
            course_count=Coalesce(Subquery(courses, output_field=IntegerField()), 0),
            died_on=Subquery(
                Death.objects.live().filter(patient=OuterRef("pk")).values("died_on")[:1]
            ),
        )
        .prefetch_related(
            Prefetch("diseases", diseases, to_attr="live_diseases"),
            Prefetch(
                "enrolments",
                Enrolment.objects.live().select_related("study"),
                to_attr="live_enrolments",
            ),
        )
    )


@dataclass(frozen=True)
class PatientLine:
    """One patient in the list."""

    pk: int
    pseudonym: str
    centre: str
    studies: str
    sex: str
    age: str
    disease: str
    courses: int
    state: str


def patient_lines(patients: Iterable[Any]) -> list[PatientLine]:
    """Lines for patients made by :func:`with_list_details`."""
    return [_line(patient) for patient in patients]


def _line(patient: Any) -> PatientLine:
    studies = [row.study for row in patient.live_enrolments]
    return PatientLine(
        pk=patient.pk,
        pseudonym=patient.pseudonym,
        centre=patient.centre.name,
        studies=", ".join(study.key for study in studies),
        sex=patient.get_sex_display(),
        age=age_shown(
            patient,
            patient.died_on,
            dates_are_relative=any(study.dates_are_relative for study in studies),
        ),
        disease=disease_line(patient.live_diseases[0]) if patient.live_diseases else "",
        courses=patient.course_count,
        state=patient.state,
    )
