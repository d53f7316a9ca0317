"""Which answer a reader gets: kept tables cut to what they may see, or one from the facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.extract import TimeToEvent
from analytics.kept.columns import cut_to, table_from
from analytics.models import KeptTable, StudyState
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
    state = StudyState.objects.filter(pk=study.pk).first() or StudyState(study=study)
    return _standing(state, version, now, may_be_stale and sees_whole_study(study))


def _standing(
    state: StudyState, version: ProtocolVersion, now: dt.datetime, may_be_stale: bool
) -> Standing:
    kept_number, kept_at = state.kept_number, state.kept_at
    if kept_number is not None and kept_at and state.kept_version == version.number:
        if not state.is_stale:
            return Standing(version.number, kept_number, kept_at, is_kept=True, is_stale=False)
        # Readers of single centres never: which patients are theirs may have changed as well.
        if may_be_stale and state.stale_since and now - state.stale_since <= PATIENCE:
            return Standing(version.number, kept_number, kept_at, is_kept=True, is_stale=True)
    return Standing(version.number, state.change_number, now, is_kept=False, is_stale=False)


def kept_tables(
    study: Study,
    version: ProtocolVersion,
    endpoint_codes: Sequence[str],
    *,
    now: dt.datetime,
    may_be_stale: bool,
) -> tuple[Standing, list[TimeToEvent]] | None:
    """The kept tables of these endpoints, cut to what the reader may see, and how they stand.

    None where there are none to be shown now. A case that is read as a guest is no part of them,
    as in :func:`analytics.extract.read.read_facts`.

    Raises:
        LookupError: the protocol has no such endpoint.
        ScopeError: outside any scope.
    """
    endpoints = [version.protocol.endpoint(code) for code in endpoint_codes]
    sees_whole = sees_whole_study(study)
    with system_scope():
        # One statement: tables and their state are of one moment.
        rows = KeptTable.objects.filter(state=study.pk, endpoint_code__in=endpoint_codes)
        kept = {table.endpoint_code: table for table in rows.select_related("state")}
    if not endpoints or not kept.keys() >= set(endpoint_codes):
        return None
    state = kept[endpoint_codes[0]].state
    standing = _standing(state, version, now, may_be_stale and sees_whole)
    if not standing.is_kept:
        return None
    tables = [
        table_from(study.key, endpoint, kept[endpoint.code].columns, kept[endpoint.code].excluded)
        for endpoint in endpoints
    ]
    if not sees_whole:
        in_sight = _pseudonyms_in_sight(study)
        tables = [cut_to(table, in_sight) for table in tables]
    return standing, tables


def _pseudonyms_in_sight(study: Study) -> set[str]:
    """The patients of the study that the reader sees by role at this moment."""
    with use_scope(scope_in_force().for_figures()):
        enrolled = Enrolment.objects.live().filter(study=study, patient__voided_at__isnull=True)
        return set(enrolled.values_list("patient__pseudonym", flat=True))
