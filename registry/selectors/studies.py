"""Studies and centres that the reader of the current scope may know about."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from registry.models import Centre, ProtocolVersion, Study
from registry.scope import Scope, ScopeError, current_scope


def scope_in_force() -> Scope:
    """The current scope.

    Raises:
        ScopeError: outside any scope.
    """
    scope = current_scope()
    if scope is None:
        raise ScopeError("studies were asked for outside a scope")
    return scope


def visible_studies() -> QuerySet[Study]:
    """The reader's own studies, and those in which the reader's centres take part."""
    scope = scope_in_force()
    if scope.everything:
        return Study.objects.all()
    own = Q(pk__in=scope.for_figures().study_ids) | Q(
        pk__in=Study.centres.through.objects.filter(centre__in=scope.centre_ids).values("study")
    )
    return Study.objects.filter(own)


def visible_centres() -> QuerySet[Centre]:
    """The reader's own centres, and those that take part in the reader's studies."""
    scope = scope_in_force()
    if scope.everything:
        return Centre.objects.all()
    own = Q(pk__in=scope.centre_ids) | Q(
        pk__in=Study.centres.through.objects.filter(study__in=scope.for_figures().study_ids).values(
            "centre"
        )
    )
    return Centre.objects.filter(own)


def sees_whole_study(study: Study) -> bool:
    """True when the reader's figures are of the patients of every centre, not of the own only."""
    scope = scope_in_force()
    return scope.everything or study.pk in scope.for_figures().study_ids


def reads_cases_of(study: Study) -> bool:
    """True when the reader reads the case of everybody who counts in their figures of the study."""
    scope = scope_in_force()
    if scope.everything or study.pk in scope.study_ids:
        return True
    if sees_whole_study(study):
        # A reader of figures who works at one of its centres reads the cases of that centre only.
        return False
    return study.participations.filter(centre__in=scope.centre_ids).exists()


def studies_of_centre(*centres: Centre) -> QuerySet[Study]:
    """Studies that have a protocol and in which one of these centres takes part."""
    taking_part = Study.centres.through.objects.filter(centre__in=centres).values("study")
    with_protocol = ProtocolVersion.objects.values("study")
    return Study.objects.filter(pk__in=taking_part).filter(pk__in=with_protocol)
