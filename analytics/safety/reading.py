"""Rules and alerts as the scope in force shows them, and how an alert stands to the facts now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from analytics.models import SafetyAlert, SafetyRule, WatchState
from analytics.safety.case_rules import death_facts, event_facts
from analytics.safety.facts import SafetyFacts, read_safety_facts
from analytics.safety.looks import Look, Rate
from analytics.safety.watching import looks_of
from analytics.safety.words import case_words, found_words, method_words, rate_words, rule_words
from registry.models import (
    AuditEvent,
    Course,
    Death,
    Patient,
    Study,
    ToxicityEvent,
    User,
)
from registry.permissions import studies_with
from registry.roles import Action

PATIENCE = dt.timedelta(minutes=10)
"""Changes that no look knows for so long mean that no worker is at work."""


@dataclass(frozen=True)
class RuleLine:
    """A rule with what it found at its last look, and how many alerts it has raised."""

    rule: SafetyRule
    words: str
    method: str
    found: str
    raised: int


@dataclass(frozen=True)
class AlertLine:
    """An alert as it was raised; ``patient`` is None for a rate, and where the case is not read."""

    alert: SafetyAlert
    rule: str
    patient: Patient | None
    words: str


@dataclass(frozen=True)
class AlertNow:
    """An alert beside the facts as they are now.

    Attributes:
        is_so: the facts meet the rule.
        look: what the rule finds now, of a case in this patient alone.
        facts: what is on file of the case, as ``Case.facts``; None where it was taken back, and of
            a rate.
        changed_at: when the row, or what a death rests on, was last changed since the alert; None
            where it was not, and of a rate.
    """

    is_so: bool
    look: Look
    facts: dict[str, Any] | None = None
    changed_at: dt.datetime | None = None


def rule_lines(study: Study, state: WatchState | None) -> list[RuleLine]:
    """The rules of a study: active ones first, each group in the order in which it was made."""
    rules = SafetyRule.objects.filter(study=study).select_related("made_by", "ended_by")
    figures = state.figures if state is not None else {}
    return [
        RuleLine(
            rule=rule,
            words=rule_words(rule),
            method=method_words(rule),
            found=found_words(rule, figures.get(str(rule.pk))) if rule.is_active else "",
            raised=rule.raised,
        )
        for rule in sorted(
            rules.annotate(raised=Count("safety_alerts")).order_by("pk"),
            key=lambda rule: not rule.is_active,
        )
    ]


def alerts_of(study: Study) -> QuerySet[SafetyAlert]:
    """The alerts of a study, the newest first."""
    rows = SafetyAlert.objects.filter(rule__study=study)
    return rows.select_related("rule", "acknowledged_by").order_by("-raised_at", "-pk")


def alert_lines(alerts: Iterable[SafetyAlert], *, with_dates: bool = True) -> list[AlertLine]:
    """Alerts with their case in words, as far as the scope shows it: two queries.

    Args:
        with_dates: days of onset and death; not in mails.
    """
    alerts = list(alerts)
    patients = Patient.objects.live().in_bulk(
        {alert.patient_id for alert in alerts if alert.patient_id is not None}
    )
    return [_line(alert, patients.get(alert.patient_id), with_dates) for alert in alerts]


def waiting_by_study(user: User) -> list[Study]:
    """The studies whose safety watch the person keeps and in which alerts wait, with ``waiting``:
    how many.
    """
    kept = studies_with(user, Action.WATCH_SAFETY)
    return _with_waiting(Study.objects.filter(pk__in=kept)) if kept else []


def waiting_in(study: Study) -> list[Study]:
    """The study with ``waiting``, or nothing where no alert waits."""
    return _with_waiting(Study.objects.filter(pk=study.pk))


def is_behind(state: WatchState | None, *, now: dt.datetime) -> bool:
    """True where facts have changed for long, and no worker has looked."""
    if state is None or state.stale_since is None:
        return False
    return now - state.stale_since > PATIENCE


def standing_of(alert: SafetyAlert) -> AlertNow | None:
    """How the alert stands to the facts of now; None where the case is not read any more."""
    rule = alert.rule
    if alert.crossing is not None:
        look = looks_of([rule], read_safety_facts(rule.study))[rule]
        return AlertNow(is_so=look.is_crossed, look=look)
    patient = Patient.objects.live().filter(pk=alert.patient_id).first()
    if patient is None:
        return None
    facts = read_safety_facts(rule.study, only=patient)
    if not facts.study.patients:
        return None  # enrolled in another study only
    look = looks_of([rule], facts)[rule]
    key = (alert.patient_id, alert.toxicity_id)
    return AlertNow(
        is_so=any(case.key == key for case in look.cases),
        look=look,
        facts=_on_file(alert, facts),
        changed_at=_changed_at(alert),
    )


def _on_file(alert: SafetyAlert, facts: SafetyFacts) -> dict[str, Any] | None:
    if alert.toxicity_id is not None:
        events = (event for event in facts.events if event.id == alert.toxicity_id)
        return next(map(event_facts, events), None)
    (patient,) = facts.study.patients
    return death_facts(facts, patient) if patient.death else None


def _line(alert: SafetyAlert, patient: Patient | None, with_dates: bool) -> AlertLine:
    if alert.crossing is not None:
        words = rate_words(alert.rule, Rate.of(alert.figures))
    elif patient is None:
        words = _("The patient is not of this study any more.")
    else:
        words = case_words(alert.figures, with_dates=with_dates)
    return AlertLine(alert, rule_words(alert.rule), patient, words)


def _with_waiting(studies: QuerySet[Study]) -> list[Study]:
    alerts = "safety_rules__safety_alerts"
    waits = Q(**{f"{alerts}__isnull": False, f"{alerts}__acknowledged_at__isnull": True})
    counted = studies.annotate(waiting=Count(alerts, filter=waits))
    return list(counted.filter(waiting__gt=0).order_by("key"))


def _changed_at(alert: SafetyAlert) -> dt.datetime | None:
    """When the row of an adverse event, or what a death rests on, was changed since the alert."""
    events = AuditEvent.objects.filter(patient_id=alert.patient_id, at__gt=alert.raised_at)
    if alert.toxicity_id is not None:
        events = events.filter(table=_table(ToxicityEvent), row_id=alert.toxicity_id)
    else:
        events = events.filter(table__in=[_table(one) for one in (Death, ToxicityEvent, Course)])
    last = events.order_by("-id").first()
    return last.at if last else None


def _table(model: type[Any]) -> str:
    return str(model._meta.db_table)
