"""People of a study set the rules of its safety watch, and acknowledge what these have raised."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.models import AttributionWanted, RuleKind, SafetyAlert, SafetyRule, WatchState
from analytics.models.safety import LEAST_PATIENTS, OF_KIND
from analytics.safety import watching
from analytics.safety.rate_rules import local_endpoints
from registry.errors import Finding, Refused
from registry.models import ProtocolVersion, Study, User
from registry.permissions import require_in_study
from registry.protocols.types import Protocol
from registry.roles import Action
from registry.scope import system_scope
from registry.services.no_names import LONGEST, checked_text

MODEL = "safety_alert"

RANGES: dict[str, tuple[Decimal, Decimal]] = {
    "grade": (Decimal(1), Decimal(5)),
    "within_days": (Decimal(1), Decimal(365)),
    "limit_percent": (Decimal("0.1"), Decimal("99.9")),
    "planned_percent": (Decimal("0.1"), Decimal("99.9")),
    "months": (Decimal("0.1"), Decimal(600)),
    "least_patients": (Decimal(LEAST_PATIENTS), Decimal(10_000)),
}
"""Least and greatest value of the parameters that are numbers."""


def add_rule(
    *, study: Study, kind: RuleKind, parameters: Mapping[str, Any], by: User | None
) -> SafetyRule:
    """Make a rule, which looks at the facts within seconds and is never changed.

    Args:
        parameters: the columns that the kind has by :data:`analytics.models.safety.OF_KIND`.
        by: None for the installation.

    Raises:
        PermissionDenied: the person does not keep the safety watch of this study.
        Refused: at the field: what is missing, out of range, or not of the study's protocol, or a
            rule that there is already.
        ValueError: parameters of another kind.
    """
    if by is not None:
        require_in_study(by, Action.WATCH_SAFETY, study)
    others = set(parameters) - set(OF_KIND[kind])
    if others:
        raise ValueError(f"{kind} has no {', '.join(sorted(others))}")
    findings = [*_out_of_range(kind, parameters), *_not_of_protocol(study, kind, parameters)]
    if findings:
        raise Refused(findings)
    now = timezone.now()
    try:
        with system_scope(), transaction.atomic():
            rule: SafetyRule = SafetyRule.objects.create(
                study=study, kind=kind, made_at=now, made_by=by, **parameters
            )
            WatchState.objects.get_or_create(study=study)
            transaction.on_commit(lambda: watching.ask([study.pk], now=now))
    except IntegrityError:  # two people at once, or one who clicked twice
        raise Refused([_finding("", _("There is such a rule already."))]) from None
    return rule


def end_rule(rule: SafetyRule, *, by: User | None) -> None:
    """End a rule; its alerts stay. Ending one that has ended changes nothing.

    Raises:
        PermissionDenied: the person does not keep the safety watch of this study.
    """
    if by is not None:
        require_in_study(by, Action.WATCH_SAFETY, rule.study)
    with system_scope():
        active = SafetyRule.objects.filter(pk=rule.pk, ended_at__isnull=True)
        active.update(ended_at=timezone.now(), ended_by=by)


def acknowledge(alert: SafetyAlert, *, note: str, by: User) -> None:
    """Say that the alert was seen, and what follows from it. It is said once.

    Raises:
        PermissionDenied: the person does not keep the safety watch of this study.
        Refused: without a note, with one that is too long or names the patient, or somebody else
            was faster.
    """
    require_in_study(by, Action.WATCH_SAFETY, alert.rule.study)
    text = _checked(note, alert, by=by)
    with system_scope():
        waiting = SafetyAlert.objects.filter(pk=alert.pk, acknowledged_at__isnull=True)
        if not waiting.update(acknowledged_at=timezone.now(), acknowledged_by=by, note=text):
            raise Refused([_finding("note", _("This alert was acknowledged meanwhile."))])


def _checked(note: str, alert: SafetyAlert, *, by: User) -> str:
    empty = _("Write what was decided, or why nothing is to be done.")
    if alert.patient is not None:
        return checked_text(
            note, patient=alert.patient, by=by, model=MODEL, field="note", empty=empty
        )
    text = note.replace("\0", "").strip()
    if not text:
        raise Refused([_finding("note", empty)])
    if len(text) > LONGEST:
        message = _("at most {count} characters").format(count=LONGEST)
        raise Refused([_finding("note", message)])
    return text


def _out_of_range(kind: RuleKind, parameters: Mapping[str, Any]) -> list[Finding]:
    found = []
    for name in OF_KIND[kind]:
        value = parameters.get(name)
        if name in RANGES:
            low, high = RANGES[name]
            if value is None and name == "within_days":
                continue
            if value is None or not low <= value <= high:
                message = _("A number from %(low)s to %(high)s.") % {"low": low, "high": high}
                found.append(_finding(name, message))
        elif name == "attribution" and value not in AttributionWanted.values:
            found.append(_finding(name, _("Say which attributions count.")))
    return found


def _not_of_protocol(study: Study, kind: RuleKind, parameters: Mapping[str, Any]) -> list[Finding]:
    protocol = _protocol(study)
    if kind is RuleKind.LATE_TOXICITY_RATE and protocol.toxicity.acute is None:
        message = _("The protocol draws no border between acute and late toxicity.")
        return [_finding("grade", message)]
    if kind is RuleKind.LOCAL_FAILURE:
        there = local_endpoints(protocol)
        if parameters.get("endpoint_code") not in there:
            names = {"there": ", ".join(there) or "–"}
            message = _("Endpoints of local control in the protocol: %(there)s.") % names
            return [_finding("endpoint_code", message)]
    return []


def _protocol(study: Study) -> Protocol:
    try:
        return study.protocol_version().protocol
    except ProtocolVersion.DoesNotExist:
        raise Refused([_finding("", _("The study has no protocol yet."))]) from None


def _finding(field: str, message: str) -> Finding:
    return Finding("safety-watch", "impossible", message, MODEL, field=field)
