"""Pages of a list by a cursor: rows that come or go meanwhile neither repeat nor hide others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from registry.api.parameters import whole_number
from registry.api.problems import parameter

MOST = 200
USUAL = 50
SALT = "registry.api.cursor"

PAGING = frozenset({"limit", "cursor", "ordering"})
"""Parameters of every list."""


class Page:
    """One page of a list: its rows, and the address of the next page.

    ``ordering`` names the columns, besides the key, by which the list may be ordered.
    """

    def __init__(self, request: Request, rows: QuerySet[Any], ordering: Collection[str]) -> None:
        query = request.query_params
        self.limit = whole_number(query, "limit", 1, MOST, USUAL)
        name, backwards = _ordering(query.get("ordering", "id"), ordering)
        self.ordering = f"-{name}" if backwards else name
        if "cursor" in query:
            rows = rows.filter(_after(self.ordering, name, backwards, query["cursor"]))
        order = [self.ordering] if name == "id" else [self.ordering, "id"]
        found = list(rows.order_by(*order)[: self.limit + 1])
        self.rows = found[: self.limit]
        self.next = self._next(request, name) if len(found) > self.limit else None

    def _next(self, request: Request, name: str) -> str:
        last = self.rows[-1]
        place = [self.ordering, getattr(last, name), last.pk]
        others = [(key, value) for key, value in request.query_params.items() if key != "cursor"]
        query = [*others, ("cursor", signing.dumps(place, salt=SALT, compress=True))]
        return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")


def _ordering(given: str, ordering: Collection[str]) -> tuple[str, bool]:
    known = ("id", *ordering)
    name = given.removeprefix("-")
    if name not in known:
        raise parameter("ordering", _("is not one of {names}").format(names=", ".join(known)))
    return name, given.startswith("-")


def _after(ordering: str, name: str, backwards: bool, cursor: str) -> Q:
    """Rows after the last one of the page before, in this order."""
    try:
        held, value, key = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        raise parameter("cursor", _("is none that was given here")) from None
    if held != ordering:
        raise parameter("cursor", _("belongs to another ordering"))
    beyond = "lt" if backwards else "gt"
    if name == "id":
        return Q(**{f"id__{beyond}": key})
    return Q(**{f"{name}__{beyond}": value}) | Q(**{name: value, "id__gt": key})
