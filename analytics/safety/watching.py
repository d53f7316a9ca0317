"""Looks at the facts of a study when they have changed, once for many changes.

Like the tables behind the curves (:mod:`analytics.kept`): a change is counted in the database, a
worker is asked for a look, and what is not seen yet is asked for again by beat's tick.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from analytics.kept.changes import RENEWED_AFTER, queue_once
from analytics.models import SafetyRule, StudyState, WatchState
from analytics.safety.definition import rule_of
from analytics.safety.facts import SafetyFacts, read_safety_facts
from analytics.safety.looks import Look
from analytics.services.safety_looks import record_looks
from followup.days import Clock
from registry.models import Study
from registry.scope import system_scope


def ask(study_ids: Iterable[int], *, now: dt.datetime) -> None:
    """Queue a look at each of these studies that has rules, unless one is queued or running."""
    from analytics.tasks import watch as task

    for state in _watched().filter(pk__in=list(study_ids)):
        row = WatchState.objects.filter(pk=state.pk)
        row.update(stale_since=Coalesce("stale_since", now))
        queue_once(task, row, state.pk, now=now)


def studies_to_watch(*, now: dt.datetime) -> list[int]:
    """Keys of the studies with a rule, a change or a protocol version that was not looked at, and
    of those whose last look is old.
    """
    numbers = _change_numbers()
    return [
        state.pk
        for state in _watched().select_related("study").order_by("pk")
        if not _is_current(state, numbers.get(state.pk, 0), now=now)
    ]


def watch(study_id: int, *, clock: Clock) -> bool:
    """Let every rule of the study look, unless all has been seen; True when they looked.

    The number of the last change is read before the facts: what changes meanwhile counts as not
    seen, and is asked for again at the end. Two at once do no harm.

    Raises:
        WatchState.DoesNotExist: the study never had a rule.
        ProtocolVersion.DoesNotExist: the study has no protocol.
    """
    began = clock()
    WatchState.objects.filter(pk=study_id).update(asked_at=began)
    state = WatchState.objects.select_related("study").get(pk=study_id)
    number = _change_numbers().get(study_id, 0)
    is_needed = not _is_current(state, number, now=began)
    if is_needed:
        with system_scope():
            facts = read_safety_facts(state.study)
            looks = looks_of(active_rules(state.study), facts)
        record_looks(
            state.study,
            looks,
            change_number=number,
            protocol_version=facts.protocol_version,
            began=began,
            now=clock(),
        )
    _settle(study_id, clock())
    return is_needed


def active_rules(study: Study) -> list[SafetyRule]:
    """The rules of the study that look, in the order in which they were made."""
    return list(SafetyRule.objects.filter(study=study, ended_at=None).order_by("pk"))


def looks_of(rules: Iterable[SafetyRule], facts: SafetyFacts) -> Mapping[SafetyRule, Look]:
    """What each rule finds; nothing is stored."""
    return {rule: rule_of(rule).look(facts) for rule in rules}


def _settle(study_id: int, now: dt.datetime) -> None:
    """Nothing is asked for any more; or, when facts have changed meanwhile, once more."""
    WatchState.objects.filter(pk=study_id).update(asked_at=None)
    if study_id in studies_to_watch(now=now):
        ask([study_id], now=now)
    else:
        WatchState.objects.filter(pk=study_id, asked_at=None).update(stale_since=None)


def _watched() -> QuerySet[WatchState]:
    with system_scope():
        rules = SafetyRule.objects.filter(ended_at=None)
    return WatchState.objects.filter(study__in=rules.values("study"))


def _change_numbers() -> dict[int, int]:
    return dict(StudyState.objects.values_list("pk", "change_number"))


def _is_current(state: WatchState, change_number: int, *, now: dt.datetime) -> bool:
    """True when every active rule has looked at all that was noted, not too long ago."""
    if state.seen_at is None or state.seen_number is None or state.seen_number < change_number:
        return False
    with system_scope():
        rules = {str(rule.pk) for rule in active_rules(state.study)}
    if not rules <= state.figures.keys():
        return False
    if state.seen_version != state.study.protocol_version().number:
        return False
    return now - state.seen_at < RENEWED_AFTER
