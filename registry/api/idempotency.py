"""A creating request that arrives twice is carried out once (Idempotency-Key)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import unquote

from django.db import IntegrityError, transaction
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.problems import Problem, parameter
from registry.models import IdempotentRequest, User

HEADER = "Idempotency-Key"
LONGEST_KEY = 255


def once(
    request: Request,
    carry_out: Callable[[], Response],
    again: Callable[[dict[str, Any]], Response],
) -> Response:
    """Carry out a request, or answer one that was carried out before.

    Args:
        again: the answer for what was created, as it is now; called with the parts of its address.

    Raises:
        Problem: the key was used for another request, or cannot be a key.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return carry_out()
    if not key.strip() or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise parameter(HEADER, _("takes 1 to 255 printable signs of ASCII"))
    fingerprint = _fingerprint(request)
    taken = IdempotentRequest.answered(request.user, key)
    if taken is None:
        try:
            with transaction.atomic():
                return _take(request, key, fingerprint, carry_out)
        except IntegrityError:
            # The same request was carried out in the same moment: its answer is there now.
            taken = IdempotentRequest.answered(request.user, key)
            if taken is None:
                raise
    if taken.fingerprint != fingerprint:
        raise Problem("idempotency-key", _("Use a new key for a new request."))
    created = resolve(taken.location)
    response = again(created.kwargs)
    response.status_code = taken.status
    response.headers["Location"] = reverse(created.view_name, kwargs=created.kwargs)
    return response


def _take(
    request: Request, key: str, fingerprint: str, carry_out: Callable[[], Response]
) -> Response:
    """The key is taken first: of two requests at once the second waits, and finds it taken."""
    held = IdempotentRequest.objects.create(
        user=cast(User, request.user),
        key=key,
        fingerprint=fingerprint,
        status=201,
        at=timezone.now(),
    )
    response = carry_out()
    held.status, held.location = response.status_code, unquote(response.headers["Location"])
    held.save(update_fields=["status", "location"])
    return response


def _fingerprint(request: Request) -> str:
    parts = (str(request.method).encode(), request.path.encode(), request._request.body)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
