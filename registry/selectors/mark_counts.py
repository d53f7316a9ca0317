"""Cases by the marks on their forms: which are verified, locked or signed throughout."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from registry.case_forms import FORM_MODELS, way_to_root
from registry.models import FormMark, Patient, Study
from registry.models.choices import MarkKind
from registry.models.marks import WHOLE_CASE
from registry.scope import system_scope
from registry.selectors.centre_facts import patients_of

FIRST_ROWS = tuple(model for model in FORM_MODELS if not way_to_root(model))
"""Tables whose rows each begin a form."""


def has_form_without(kind: str, *, once_marked: bool = False) -> Q:
    """Condition on patients: some form bears no mark of this kind, nor does the whole case.

    With ``once_marked``: and it bore one that was ended.
    """
    with system_scope():
        marks = FormMark.objects.filter(kind=kind).order_by()
        on_case = marks.filter(patient=OuterRef("pk"), entity=WHOLE_CASE, ended_at__isnull=True)
        unmarked = Q()
        for model in FIRST_ROWS:
            patient = "pk" if model is Patient else "patient"
            of_row = marks.filter(
                patient=OuterRef(patient), entity=model.entity(), row_id=OuterRef("pk")
            )
            rows = model.objects.live().filter(**{patient: OuterRef("pk")}).order_by()
            lacking = rows.filter(~Exists(of_row.filter(ended_at__isnull=True)))
            if once_marked:
                lacking = lacking.filter(Exists(of_row.filter(ended_at__isnull=False)))
            unmarked |= Q(Exists(lacking))
    return ~Exists(on_case) & unmarked


def marked_throughout(study: Study, kind: str) -> QuerySet[Patient]:
    """Patients of the study of whom every form bears a mark of this kind, or the whole case."""
    with system_scope():
        some = FormMark.objects.filter(kind=kind, ended_at__isnull=True)
    return (
        patients_of(study)
        .filter(pk__in=some.order_by().values("patient"))
        .exclude(has_form_without(kind))
        .order_by()
    )


def marked_cases(study: Study) -> dict[str, dict[int, int]]:
    """By kind of mark, the cases of each centre that bear it throughout: a query for each kind."""
    return {
        kind.value: dict(
            marked_throughout(study, kind).values_list("centre").annotate(count=Count("pk"))
        )
        for kind in MarkKind
    }
