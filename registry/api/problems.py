"""Errors of the interface as problem details (RFC 9457): one form for every error under /api/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from registry.api.pointers import Pointers, flattened
from registry.errors import Finding, NeedsConfirmation, Refused, Stale

MEDIA_TYPE = "application/problem+json"
TYPES = "/api/problems/"


@dataclass(frozen=True)
class Kind:
    """A kind of problem: status and what it is called; ``key`` is the end of its type address."""

    key: str
    status: int
    title: Any


KINDS = {
    kind.key: kind
    for kind in (
        Kind("malformed", 400, gettext_lazy("The request cannot be read")),
        Kind("parameter", 400, gettext_lazy("A parameter of the address cannot be")),
        Kind("not-authenticated", 401, gettext_lazy("Who asks is not known")),
        Kind("not-allowed", 403, gettext_lazy("You may not do this")),
        Kind("not-found", 404, gettext_lazy("There is nothing at this address")),
        Kind("method", 405, gettext_lazy("The address does not take this method")),
        Kind("not-acceptable", 406, gettext_lazy("Only JSON is spoken here")),
        Kind("stale", 409, gettext_lazy("Changed by somebody else meanwhile")),
        Kind("needs-confirmation", 409, gettext_lazy("Unlikely: say why it is right")),
        Kind("version", 412, gettext_lazy("Not the version that is held now")),
        Kind("too-large", 413, gettext_lazy("The request is too large")),
        Kind("media-type", 415, gettext_lazy("Only JSON is read here")),
        Kind("refused", 422, gettext_lazy("Refused: nothing was written")),
        Kind("idempotency-key", 422, gettext_lazy("The key was used for another request")),
        Kind("version-needed", 428, gettext_lazy("Say which version you have read")),
        Kind("too-many", 429, gettext_lazy("Too many requests")),
        Kind("error", 500, gettext_lazy("Something failed here")),
    )
}
"""Every kind of problem by its key."""

# Of several kinds with one status the first stands for it.
_BY_STATUS = {kind.status: kind for kind in reversed(KINDS.values())}


class Problem(exceptions.APIException):
    """A problem of a known kind, raised by the interface itself."""

    def __init__(self, key: str, detail: str, errors: Iterable[Mapping[str, Any]] = ()) -> None:
        self.kind = KINDS[key]
        self.status_code = self.kind.status
        self.errors = [dict(error) for error in errors]
        super().__init__(detail)


def problem(
    kind: Kind, detail: str, *, instance: str, errors: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """The members of a problem."""
    told = list(errors)
    members = {
        "type": f"{TYPES}{kind.key}/",
        "title": str(kind.title),
        "status": kind.status,
        "detail": detail,
        "instance": instance,
    }
    return members | {"errors": told} if told else members


def kind_of(status: int) -> Kind:
    """The kind that stands for a status; statuses without one are bad requests or errors."""
    return _BY_STATUS.get(status, _BY_STATUS[500 if status >= 500 else 400])


def parameter(name: str, message: str) -> Problem:
    """A parameter of the address that is unknown or holds what it cannot."""
    detail = _("{name}: {message}").format(name=name, message=message)
    return Problem("parameter", detail, [{"parameter": name, "message": message}])


def refusal(error: Refused, pointers: Pointers) -> Problem:
    """What the checks or the database say, each at its place in the body."""
    asks = isinstance(error, NeedsConfirmation)
    if asks:
        detail = _("Nothing was written. Send it again with a reason for each in “confirm”.")
    else:
        detail = _("Nothing was written. Correct what “errors” names.")
    errors = [of_finding(finding, pointers) for finding in error.findings]
    return Problem("needs-confirmation" if asks else "refused", detail, errors)


def of_finding(finding: Finding, pointers: Pointers) -> dict[str, Any]:
    """A finding as a member of ``errors``."""
    return {
        "field": finding.field,
        "pointer": pointers.of(finding.row, finding.field),
        "check": finding.check_id,
        "severity": finding.severity,
        "message": finding.message,
        "entity": finding.model,
        "number": finding.number,
        "row": finding.row.pk if finding.row is not None else None,
    }


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to whatever a view raised; None for what nobody foresaw (a 500)."""
    if isinstance(error, Stale):
        error = Problem("stale", _("Read it again and repeat your change on what it holds now."))
    elif isinstance(error, Refused):
        error = refusal(error, Pointers())
    elif isinstance(error, Http404):
        error = Problem("not-found", _("There is nothing here that you may see."))
    elif isinstance(error, PermissionDenied):
        error = Problem("not-allowed", str(error) or _("Your roles do not allow it."))
    elif isinstance(error, exceptions.ValidationError):
        detail = _("Nothing was written. Correct what “errors” names.")
        error = Problem("refused", detail, flattened(error.detail))
    response = exception_handler(error, context)  # headers: WWW-Authenticate, Retry-After
    if response is None or not isinstance(error, exceptions.APIException):
        return None
    kind = error.kind if isinstance(error, Problem) else kind_of(response.status_code)
    response.data = problem(
        kind,
        str(error.detail),
        instance=context["request"].path,
        errors=error.errors if isinstance(error, Problem) else (),
    )
    response.status_code = kind.status
    response.content_type = MEDIA_TYPE
    return response
