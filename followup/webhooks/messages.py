"""The body of a call as JSON: pseudonym, dates, codes and a link, nothing that identifies."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from followup.models import CallKind, VisitState, WebhookCall

TRANSFERRED = "transferred"
"""Status of a visit whose patient has left the centre; the registry says no more about it."""


def body_of(call: WebhookCall, *, today: dt.date) -> str:
    """What is sent. A call about a visit comes with webhook, study, patient and centre loaded."""
    return json.dumps(
        {
            "id": str(call.key),
            "type": CallKind(call.kind).type,
            "at": call.created_at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            "data": _data(call, today),
        },
        separators=(",", ":"),
    )


def _data(call: WebhookCall, today: dt.date) -> dict[str, Any]:
    visit = call.visit
    if visit is None:
        return {"centre": call.webhook.centre.code}
    patient = visit.enrolment.patient
    told: dict[str, Any] = {
        "pseudonym": patient.pseudonym,
        "study": visit.enrolment.study.key,
        "centre": call.webhook.centre.code,
        "visit_id": visit.pk,
        "sequence": call.number,
        "round": call.round,
        "target": _iso(call.target),
    }
    if patient.centre_id != call.webhook.centre_id:
        return told | {"status": TRANSFERRED}
    with translation.override(settings.LANGUAGE_CODE):
        label = visit.label or visit.requirements_text
    path = reverse("registry:patient", args=[patient.pseudonym])
    return told | {
        "visit": label,
        "window_start": _iso(visit.window_start),
        "window_end": _iso(visit.window_end),
        "required": list(visit.outstanding) if visit.state == VisitState.OPEN else [],
        "status": _status(call, today),
        "link": urljoin(settings.SITE_URL, path),
    }


def _status(call: WebhookCall, today: dt.date) -> str:
    assert call.visit is not None
    if call.visit.state == VisitState.SUPERSEDED or call.kind == CallKind.CANCELLED:
        return VisitState.CANCELLED.value
    return call.visit.status_on(today).value


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
