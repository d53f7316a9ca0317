"""Reads the body of a request: JSON, and nothing that two readers could read differently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 12
"""Levels of a body; the whole case has five."""


class StrictJSONParser(BaseParser):
    """JSON without names that occur twice, numbers that are none, and signs nobody can store."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """What the body says; decimals as such, never as floats.

        Raises:
            ParseError: it is no JSON, or JSON that is not taken; says what and where.
        """
        try:
            read = json.loads(
                stream.read().decode("utf-8"),
                object_pairs_hook=_object,
                parse_float=_number,
                parse_constant=_no_constant,
            )
            _look_through(read, 0)
        except RecursionError:
            raise ParseError(_too_deep()) from None
        except ValueError as error:
            raise ParseError(_("No JSON: {why}").format(why=error)) from None
        return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        shown = twice[:60].encode("utf-8", "replace").decode("utf-8")
        raise ValueError(_("the name “{name}” occurs twice in an object").format(name=shown))
    return found


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(_("a number is out of all bounds")) from None


def _no_constant(text: str) -> None:
    raise ValueError(_("{text} is no number").format(text=text))


def _look_through(value: Any, depth: int) -> None:
    """Refuse signs that no database holds, and bodies deeper than any that is meant."""
    if depth > DEEPEST:
        raise ValueError(_too_deep())
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError(_("a text holds the sign NUL"))
        value.encode("utf-8")  # half of a surrogate pair is a ValueError
    elif isinstance(value, dict):
        for name, inner in value.items():
            _look_through(name, depth + 1)
            _look_through(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _look_through(inner, depth + 1)


def _too_deep() -> str:
    return _("it is nested deeper than {number} levels").format(number=DEEPEST)
