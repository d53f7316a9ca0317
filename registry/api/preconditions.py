"""Versions of rows as entity tags: nobody changes what they have not read (RFC 9110)."""

from __future__ import annotations

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.request import Request

from registry.api.problems import Problem
from registry.models import ClinicalRow


def etag(row: ClinicalRow) -> str:
    """The entity tag of a row: its version."""
    return f'"{row.version}"'


def require_seen(request: Request, row: ClinicalRow) -> int:
    """The version that the person has read, which is the one that the row has.

    Raises:
        Problem: 428 without If-Match, 412 when it names another version.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        raise Problem(
            "version-needed", _("Send If-Match with the ETag of the version that you have read.")
        )
    if etag(row) not in parse_etags(given):
        raise Problem("version", _("It was changed since you read it: read it again."))
    return row.version
