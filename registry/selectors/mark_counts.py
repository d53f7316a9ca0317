"""Cases by the marks on their forms: which are verified, locked or signed throughout."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, Exists, OuterRef, Q

from registry.case_forms import FORM_MODELS, way_to_root
from registry.models import FormMark, Patient, Study
from registry.models.choices import MarkKind
from registry.models.marks import WHOLE_CASE
from registry.scope import system_scope
from registry.selectors.centre_facts import of_study, patients_of

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


def marked_throughout(study: Study) -> dict[str, dict[int, int]]:
    """By kind of mark, the cases of each centre of which every form bears it.

    Within the scope in force. Cases marked as a whole are counted by one query for all kinds, and
    only where single forms are marked too, those of every other case are looked through.
    """
    in_force = FormMark.objects.filter(of_study(study), ended_at__isnull=True).order_by()
    on_cases = in_force.filter(entity=WHOLE_CASE)
    found: dict[str, dict[int, int]] = {kind.value: defaultdict(int) for kind in MarkKind}
    rows = on_cases.values_list("kind", "patient__centre")
    for kind, centre, count in rows.annotate(count=Count("patient", distinct=True)):
        found[kind][centre] = count
    # The patient is a form too: a case that lacks its mark is not marked throughout.
    on_patients = in_force.filter(entity=Patient.entity())
    for kind in on_patients.values_list("kind", flat=True).distinct():
        candidates = on_patients.filter(kind=kind).values("patient")
        whole = on_cases.filter(kind=kind).values("patient")
        cases = patients_of(study).filter(pk__in=candidates).exclude(pk__in=whole)
        cases = cases.exclude(has_form_without(kind)).order_by()
        for centre, count in cases.values_list("centre").annotate(count=Count("pk")):
            found[kind][centre] += count
    return found
