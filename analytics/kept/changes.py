"""Notes that facts of a study have changed, and asks a worker for fresh tables, once for many.

A change is counted in the study's row, so that nothing is lost with a task: what is stale and not
being made is asked for again by beat's tick.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from kombu.exceptions import OperationalError

from analytics.models import StudyState
from registry.models import Enrolment, ProtocolVersion, Study
from registry.scope import system_scope

logger = logging.getLogger(__name__)

DEBOUNCE_SECONDS = 2
"""So long a task waits: the saves of one case, and of a busy minute, are made good together."""

LOST_AFTER = dt.timedelta(minutes=2)
"""A task that was asked for so long ago, and neither began nor ended since, is lost."""

RENEWED_AFTER = dt.timedelta(days=1)
"""Older tables are made anew: for changes that nobody announced, as in a process killed between its
commit and the announcement, or by hand in the database."""


def note(patient_ids: Iterable[int], *, now: dt.datetime) -> list[int]:
    """Count a change in every study that these patients are, or were, enrolled in.

    Returns:
        The keys of those studies.
    """
    with system_scope():
        # Voided enrolments too: whoever has just left a study has changed its curves.
        enrolments = Enrolment.objects.filter(patient__in=list(patient_ids)).order_by("study_id")
        study_ids = list(enrolments.values_list("study_id", flat=True).distinct())
    _make_states(study_ids)
    for study_id in study_ids:
        StudyState.objects.filter(pk=study_id).update(
            change_number=F("change_number") + 1, stale_since=Coalesce("stale_since", now)
        )
    return study_ids


def ask(study_id: int, *, now: dt.datetime) -> bool:
    """Queue a refresh unless one is queued or running; True when it was queued."""
    from analytics.tasks import refresh

    return queue_once(refresh, StudyState.objects.filter(pk=study_id), study_id, now=now)


def queue_once(task: Any, state: QuerySet[Any], study_id: int, *, now: dt.datetime) -> bool:
    """Queue a task of a study unless one is queued or running by ``asked_at`` of its state.

    Without a broker nothing is queued and nothing raised: it is asked for again after
    ``LOST_AFTER``. Until then no other save waits for the broker.
    """
    free = Q(asked_at__isnull=True) | Q(asked_at__lt=now - LOST_AFTER)
    if not state.filter(free).update(asked_at=now):
        return False
    try:
        task.apply_async((study_id,), countdown=DEBOUNCE_SECONDS)
    except (OperationalError, OSError):
        logger.exception("No %s of study %s could be queued", task.name, study_id)
        return False
    return True


def studies_to_refresh(*, now: dt.datetime) -> list[int]:
    """Keys of the studies whose tables are absent, stale, old, or of another protocol version."""
    studies = list(
        Study.objects.filter(pk__in=ProtocolVersion.objects.values("study")).order_by("pk")
    )
    _make_states([study.pk for study in studies])
    states = StudyState.objects.in_bulk([study.pk for study in studies])
    return [
        study.pk
        for study in studies
        if not is_current(states[study.pk], study.protocol_version().number, now=now)
    ]


def is_current(state: StudyState, protocol_version: int, *, now: dt.datetime) -> bool:
    """True when the tables know every change that was noted, and are to stay."""
    if state.kept_at is None or state.is_stale or state.kept_version != protocol_version:
        return False
    return now - state.kept_at < RENEWED_AFTER


def _make_states(study_ids: Iterable[int]) -> None:
    """A state for every study that has none yet."""
    StudyState.objects.bulk_create(
        [StudyState(study_id=study_id) for study_id in study_ids], ignore_conflicts=True
    )
