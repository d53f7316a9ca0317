"""A form that was sent after the session ended: sealed, taken through the sign-in, given back.

What was typed travels, encrypted, with the sign-in page. Signing in may take several steps (a
second factor, the hospital's own sign-in), so the sealed text waits in the session of the stranger
meanwhile; when the same person has signed in, it becomes their draft.
"""

from __future__ import annotations

import json
import time
from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from registry import keyring
from registry.models import User
from registry.services import drafts

KEPT_SECONDS = 12 * 60 * 60
"""How long a sign-in page keeps what was typed: one working day, as a session."""

FIELD = "kept"
"""Hidden input of the sign-in page, and its place in the session between the steps."""


def seal(data: QueryDict, address: str) -> str:
    """What was typed into the form at this address, readable by the registry only."""
    parts = {"at": time.time(), "address": address, "fields": data.urlencode()}
    return keyring.encrypt(json.dumps(parts))


def take_along(request: HttpRequest) -> None:
    """Put what the sign-in page keeps into the session, when it was sealed here."""
    sealed = request.POST.get(FIELD, "")
    if sealed and _opened(sealed) is not None:
        request.session[FIELD] = sealed


def give_back(request: HttpRequest, user: User) -> None:
    """Make what was kept a draft of the person who typed it, or tell that it is not theirs."""
    sealed = request.session.pop(FIELD, "")
    if not sealed:
        return
    parts = _opened(sealed) or {"at": 0, "fields": ""}
    data = QueryDict(parts["fields"])
    if data.get("user") == str(user.pk) and time.time() - parts["at"] <= KEPT_SECONDS:
        drafts.keep_draft(user=user, address=parts["address"], data=data)
    else:
        messages.warning(
            request, _("What was typed before was typed by another person, or too long ago.")
        )


def _opened(sealed: str) -> dict[str, Any] | None:
    """What was sealed; None when it was not sealed here."""
    try:
        parts: dict[str, Any] = json.loads(keyring.decrypt(sealed))
    except (InvalidToken, ValueError):
        return None
    return parts
