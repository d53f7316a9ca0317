"""Makes the tables of a study anew from its facts and puts them in place of the old ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from analytics.extract import TimeToEvent, times_to_events
from analytics.kept.changes import ask, is_current
from analytics.kept.writing import replace_rows
from analytics.models import KeptExclusion, KeptRow, StudyState
from followup.days import Clock
from registry.scope import system_scope


def refresh(study_id: int, *, clock: Clock) -> bool:
    """Keep fresh tables of every endpoint of the study's protocol; False when they were fresh.

    The number of the last change is read before the facts: what changes meanwhile counts as not
    known, and is asked for again at the end. Two at once do no harm, the newer tables stay.

    Raises:
        StudyState.DoesNotExist: no change of that study was ever noted.
        ProtocolVersion.DoesNotExist: the study has no protocol.
    """
    began = clock()
    StudyState.objects.filter(pk=study_id).update(asked_at=began)
    state = StudyState.objects.select_related("study").get(pk=study_id)
    version = state.study.protocol_version()
    is_needed = not is_current(state, version.number, now=began)
    if is_needed:
        with system_scope():
            tables = times_to_events(state.study, version.protocol.endpoints)
        _keep(tables, state, protocol_version=version.number, kept_at=began)
    _settle(state, clock())
    return is_needed


def _keep(
    tables: Iterable[TimeToEvent],
    state: StudyState,
    *,
    protocol_version: int,
    kept_at: dt.datetime,
) -> None:
    """Replace all tables of the study in one step, unless newer ones are there already."""
    not_newer = Q(kept_number__isnull=True) | Q(kept_number__lte=state.change_number)
    with system_scope(), transaction.atomic():
        # This row is locked first: of two workers one waits here for the other.
        if StudyState.objects.filter(not_newer, pk=state.pk).update(
            kept_number=state.change_number, kept_version=protocol_version, kept_at=kept_at
        ):
            replace_rows(state, tables)


def _settle(state: StudyState, now: dt.datetime) -> None:
    """Nothing is asked for any more; or, when facts have changed meanwhile, once more."""
    known = StudyState.objects.filter(pk=state.pk, change_number=state.change_number)
    if not known.update(asked_at=None, stale_since=None):
        StudyState.objects.filter(pk=state.pk).update(asked_at=None, stale_since=now)
        ask(state.pk, now=now)


def forget_all() -> None:
    """Drop every kept table: an upgrade may have changed the rules by which they were made.

    Pages compute from the facts until the tables are there again.
    """
    with system_scope(), transaction.atomic():
        StudyState.objects.update(kept_number=None, kept_version=None, kept_at=None)
        KeptRow.objects.all().delete()
        KeptExclusion.objects.all().delete()
