"""Which answer a reader gets: kept rows cut to what they may see, or one from the facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from analytics.models import KeptExclusion, KeptRow, StudyState
from registry.models import Enrolment, ProtocolVersion, Study
from registry.scope import system_scope, use_scope
from registry.selectors.studies import scope_in_force, sees_whole_study

PATIENCE = dt.timedelta(seconds=30)
"""So long stale tables are shown as such; then no worker is at work, and the page computes."""


@dataclass(frozen=True)
class Standing:
    """How the answer that a reader gets now stands to the facts.

    Attributes:
        protocol_version: number of the version in force.
        number: of the last change that the answer knows.
        as_of: when the facts were read.
        is_kept: it comes from the kept tables; otherwise it is computed from the facts.
        is_stale: facts have changed since; fresh tables are being made.
    """

    protocol_version: int
    number: int
    as_of: dt.datetime
    is_kept: bool
    is_stale: bool

    @property
    def mark(self) -> str:
        """Tells answers apart: a page that shows one of the same mark has nothing to fetch."""
        return f"{self.protocol_version}.{self.number}{'-stale' if self.is_stale else ''}"


def standing(
    study: Study, version: ProtocolVersion, *, now: dt.datetime, may_be_stale: bool
) -> Standing:
    """How the answer stands that the reader of the scope in force gets now; one query.

    Args:
        may_be_stale: whether the answer is shown with a word on it when facts have changed since.

    Raises:
        ScopeError: outside any scope.
    """
    # Readers of single centres never: which patients are theirs may have changed as well.
    may_be_stale = may_be_stale and sees_whole_study(study)
    state = StudyState.objects.filter(pk=study.pk).first() or StudyState(study=study)
    kept_number, kept_at = state.kept_number, state.kept_at
    if kept_number is not None and kept_at and state.kept_version == version.number:
        if not state.is_stale:
            return Standing(version.number, kept_number, kept_at, is_kept=True, is_stale=False)
        if may_be_stale and state.stale_since and now - state.stale_since <= PATIENCE:
            return Standing(version.number, kept_number, kept_at, is_kept=True, is_stale=True)
    return Standing(version.number, state.change_number, now, is_kept=False, is_stale=False)


def still_stands(study: Study, seen: Standing) -> bool:
    """Whether the rows are those of that standing: asked after reading them by several queries."""
    same = StudyState.objects.filter(pk=study.pk, kept_number=seen.number, kept_at=seen.as_of)
    return same.exists()


def rows_in_sight(study: Study, endpoint_code: str) -> QuerySet[KeptRow]:
    """The kept rows of an endpoint, of the patients whom the scope in force shows at this moment.

    A case that is read as a guest is no part of them, as in
    :func:`analytics.extract.read.read_facts`. Whether they may be shown says :func:`standing`.

    Raises:
        ScopeError: outside any scope.
    """
    return _in_sight(KeptRow, study, endpoint_code)


def exclusions_in_sight(study: Study, endpoint_code: str) -> QuerySet[KeptExclusion]:
    """Who is not among the rows of :func:`rows_in_sight`.

    Raises:
        ScopeError: outside any scope.
    """
    return _in_sight(KeptExclusion, study, endpoint_code)


Row = TypeVar("Row", KeptRow, KeptExclusion)


def _in_sight(model: type[Row], study: Study, endpoint_code: str) -> QuerySet[Row]:
    sees_whole = sees_whole_study(study)
    with use_scope(scope_in_force().for_figures()):
        enrolled = Enrolment.objects.live().filter(study=study, patient__voided_at__isnull=True)
    with system_scope():
        rows = model.objects.filter(state=study.pk, endpoint_code=endpoint_code)
    if sees_whole:
        return rows
    return rows.filter(pseudonym__in=enrolled.values("patient__pseudonym"))
