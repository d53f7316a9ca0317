"""Parts of pages: transfers, temporary access and messages, between centres and people."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.utils import timezone

from registry.models import Patient, User
from registry.models.choices import TransferState
from registry.permissions import may_at_centre, may_with_patient
from registry.roles import Action
from registry.selectors.messages import threads_of, waiting_messages
from registry.selectors.own_centre import is_own_centre
from registry.selectors.temporary_access import accesses_of, cases_read_as_guest
from registry.selectors.transfers import lines_of, transfers_of, waiting_for

register = template.Library()


@register.inclusion_tag("registry/transfers/_section.html", takes_context=True)
def case_transfers(context: template.Context, patient: Patient) -> dict[str, Any]:
    """The transfers of a patient; for those who may, the way to offer the patient."""
    rows = list(transfers_of(patient))
    is_open = any(row.state == TransferState.OFFERED for row in rows)
    may_offer = may_at_centre(_user(context), Action.TRANSFER_PATIENTS, patient.centre_id)
    return {
        "patient": patient,
        "rows": rows,
        "count": len(rows) or None,
        "may_offer": may_offer and not is_open,
    }


@register.inclusion_tag("registry/access/_section.html", takes_context=True)
def temporary_accesses(context: template.Context, patient: Patient) -> dict[str, Any]:
    """Who reads the case by temporary access: for the patient's centre and those who may give it.

    Whoever is shown it may also end it.
    """
    may_give = may_with_patient(_user(context), Action.GIVE_TEMPORARY_ACCESS, patient)
    rows = list(accesses_of(patient)) if may_give or is_own_centre(patient) else []
    return {
        "csrf_token": context.get("csrf_token"),
        "patient": patient,
        "may_give": may_give,
        "rows": rows,
        "count": len(rows) or None,
        "now": timezone.now(),
    }


@register.inclusion_tag("registry/messages/_section.html", takes_context=True)
def case_messages(context: template.Context, patient: Patient) -> dict[str, Any]:
    """The messages about a case; for those who may, the way to send one."""
    threads = threads_of(patient)
    return {
        "patient": patient,
        "threads": threads,
        "count": len(threads) or None,
        "may_send": may_with_patient(_user(context), Action.SEND_MESSAGES, patient),
    }


@register.inclusion_tag("registry/transfers/_waiting.html", takes_context=True)
def offers_waiting(context: template.Context) -> dict[str, Any]:
    """Patients on offer to the reader's centres."""
    user = _user(context)
    return {"lines": lines_of(waiting_for(user), user)}


@register.inclusion_tag("registry/messages/_waiting.html", takes_context=True)
def messages_waiting(context: template.Context) -> dict[str, Any]:
    """Messages about cases that wait for the reader."""
    return {"waiting": waiting_messages(_user(context))}


@register.inclusion_tag("registry/access/_cases.html")
def guest_cases() -> dict[str, Any]:
    """Cases that the reader reads by temporary access."""
    return {"accesses": cases_read_as_guest()}


def _user(context: template.Context) -> User:
    return cast(User, context["request"].user)
