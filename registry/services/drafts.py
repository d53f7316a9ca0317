"""What a person has typed and not saved: kept, read back, thrown away. Own drafts only."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.encoding import escape_uri_path

from registry.models import Draft, Patient, User
from registry.permissions import may_enter_cases

NOT_KEPT = frozenset({"csrfmiddlewaretoken", "add", "take", "then"})
"""Inputs of a form that say what to do, not what is."""

LONGEST = 500_000
"""Characters of one draft; longer ones are not kept."""

LONGEST_ADDRESS = 300
"""Characters of a form's address; no form of the registry has a longer one."""


def keep_draft(*, user: User, address: str, data: QueryDict) -> Draft | None:
    """Keep what was typed into the form at this address, in place of what was kept before."""
    fields = data.copy()
    for name in NOT_KEPT & set(fields):
        del fields[name]
    text = fields.urlencode()
    if len(text) > LONGEST or len(address) > LONGEST_ADDRESS:
        return None
    draft, _created = Draft.objects.update_or_create(
        user=user, address=address, defaults={"fields": text, "saved_at": timezone.now()}
    )
    return draft


def draft_of(user: User, address: str) -> Draft | None:
    """The person's draft of the form at this address."""
    return Draft.objects.filter(user=user, address=address).first()


def typed_in(draft: Draft) -> QueryDict:
    """The inputs of a draft, as they would have been sent."""
    return QueryDict(draft.fields)


def throw_away(*, user: User, address: str) -> None:
    """Remove the draft of a form that was saved, or that the person does not want."""
    Draft.objects.filter(user=user, address=address).delete()


def place_of(draft: Draft) -> dict[str, str]:
    """What the address of the draft's form names: form, key, pseudonym; nothing when unknown."""
    try:
        return dict(resolve(unquote(urlsplit(draft.address).path)).kwargs)
    except Resolver404:
        return {}


def forget_patient(patient: Patient) -> None:
    """Remove the drafts on a patient of everybody who enters no cases at the patient's centre."""
    named = Draft.objects.filter(address__contains=escape_uri_path(patient.pseudonym))
    drafts = named.select_related("user").defer("fields")
    for draft in drafts:
        if place_of(draft).get("pseudonym") == patient.pseudonym and not may_enter_cases(
            draft.user, patient.centre_id
        ):
            draft.delete()
