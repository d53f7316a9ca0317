"""Stores what the safety watch has seen: alerts are raised once, and marked when they lapse."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Q

from analytics.models import SafetyAlert, SafetyRule, WatchState
from analytics.safety.looks import Look
from registry.models import Study
from registry.scope import system_scope


def record_looks(
    study: Study,
    looks: Mapping[SafetyRule, Look],
    *,
    change_number: int,
    protocol_version: int,
    began: dt.datetime,
    now: dt.datetime,
) -> bool:
    """Raise what is new, mark what is no longer so; False when a later look was recorded before.

    Of two workers at once one waits here for the other, and finds its alerts there.

    Args:
        looks: of every active rule.
        change_number: of the last change of the facts before they were read.
        began: before the facts were read; a look that began earlier than an alert was raised does
            not know it, and leaves it as it is.
    """
    not_later = Q(seen_number__isnull=True) | Q(seen_number__lte=change_number)
    with system_scope(), transaction.atomic():
        # This row is locked first.
        if not WatchState.objects.filter(not_later, pk=study.pk).update(
            seen_number=change_number,
            seen_version=protocol_version,
            seen_at=began,
            figures={str(rule.pk): look.as_json() for rule, look in looks.items()},
        ):
            return False
        there: dict[int, list[SafetyAlert]] = defaultdict(list)
        for alert in SafetyAlert.objects.filter(rule__in=list(looks)):
            there[alert.rule_id].append(alert)
        active = SafetyRule.objects.filter(pk__in=[rule.pk for rule in looks], ended_at=None)
        still_active = set(active.values_list("pk", flat=True))
        for rule, look in looks.items():
            if rule.pk in still_active:
                _raise(rule, look, there[rule.pk], now=now)
                _mark(look, there[rule.pk], began=began, now=now)
    return True


def _raise(rule: SafetyRule, look: Look, there: Sequence[SafetyAlert], *, now: dt.datetime) -> None:
    known = {(alert.patient_id, alert.toxicity_id) for alert in there}
    new = [
        SafetyAlert(patient_id=case.patient_id, toxicity_id=case.toxicity_id, figures=case.facts)
        for case in look.cases
        if case.key not in known
    ]
    if look.rate is not None and look.is_crossed and all(alert.lapsed_at for alert in there):
        new.append(SafetyAlert(crossing=len(there) + 1, figures=look.rate.as_json()))
    number = max((alert.look for alert in there), default=0) + 1
    for alert in new:
        alert.rule, alert.look, alert.raised_at = rule, number, now
    # The unique constraints let one row in, whatever happens.
    SafetyAlert.objects.bulk_create(new, ignore_conflicts=True)


def _mark(
    look: Look, there: Sequence[SafetyAlert], *, began: dt.datetime, now: dt.datetime
) -> None:
    """Cases that are gone lapse, and are so again when they are back; crossings lapse for good."""
    if look.rate is not None and not look.rate.is_known:
        return
    cases = {case.key for case in look.cases}
    lapsed, back = [], []
    for alert in there:
        if alert.crossing is not None:
            is_so = look.is_crossed
        else:
            is_so = (alert.patient_id, alert.toxicity_id) in cases
        if not is_so and alert.lapsed_at is None and alert.raised_at < began:
            lapsed.append(alert.pk)
        elif is_so and alert.lapsed_at is not None and alert.crossing is None:
            back.append(alert.pk)
    SafetyAlert.objects.filter(pk__in=lapsed).update(lapsed_at=now)
    SafetyAlert.objects.filter(pk__in=back).update(lapsed_at=None)
