"""Where in the body of a request something is wrong (JSON Pointer, RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from registry.models import ClinicalRow

_CHECKS = {"required": "needed", "null": "needed", "invalid": "field"}


class Pointers:
    """The places in the body from which rows were read."""

    def __init__(self) -> None:
        self._places: dict[int, str] = {}
        self._held: list[ClinicalRow] = []

    def put(self, row: ClinicalRow, place: str = "") -> None:
        """The row was read from this place of the body ("" for the body itself)."""
        self._places[id(row)] = place
        self._held.append(row)  # as long as it is held, nothing else gets its id

    def of(self, row: ClinicalRow | None, field: str) -> str | None:
        """The place of a row's field; None for rows that the body does not name."""
        place = self._places.get(id(row))
        if place is None:
            return None
        return f"{place}/{escaped(field)}" if field else place


def escaped(name: str) -> str:
    """A name as a part of a pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def flattened(detail: Any, place: str = "") -> Iterator[dict[str, Any]]:
    """What a serializer says of a body, as a flat list with places."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            # What concerns an object as a whole is told at the object.
            own = name == "non_field_errors"
            yield from flattened(inner, place if own else f"{place}/{escaped(str(name))}")
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        for index, inner in enumerate(detail):
            is_message = isinstance(inner, str)
            yield from flattened(inner, place if is_message else f"{place}/{index}")
    else:
        code = getattr(detail, "code", "invalid")
        yield {
            "field": place.rpartition("/")[2],
            "pointer": place,
            "check": _CHECKS.get(code, code),
            "severity": "impossible",
            "message": str(detail),
        }
