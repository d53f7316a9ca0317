"""What stands in the address of a request: read strictly, refused by name."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict
from django.utils.translation import gettext as _

from registry.api.problems import parameter


def refuse_unknown(query: QueryDict, known: Collection[str]) -> None:
    """Every parameter is known, and given once.

    Raises:
        Problem: naming the first that is not.
    """
    for name, values in query.lists():
        if name not in known:
            names = ", ".join(sorted(known))
            raise parameter(
                name[:60], _("there is no such parameter; there are {names}").format(names=names)
            )
        if len(values) > 1:
            raise parameter(name, _("is given more than once"))
        if "\0" in values[0]:
            raise parameter(name, _("holds the sign NUL"))


def whole_number(query: QueryDict, name: str, lowest: int, highest: int, usual: int) -> int:
    """A number within limits, or what it usually is."""
    text = query.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise parameter(name, _("is no whole number"))
    if not lowest <= int(text) <= highest:
        raise parameter(name, _("is not between {low} and {high}").format(low=lowest, high=highest))
    return int(text)


def yes_or_no(query: QueryDict, name: str) -> bool:
    """true or false; false when it is not given."""
    text = query.get(name, "false")
    if text not in ("true", "false"):
        raise parameter(name, _("is neither true nor false"))
    return text == "true"


def names(query: QueryDict, name: str, known: Collection[str]) -> frozenset[str] | None:
    """Names of fields, separated by commas; None when the parameter is not given."""
    text = query.get(name)
    if text is None:
        return None
    given = [part.strip() for part in text.split(",") if part.strip()]
    for one in given:
        if one not in known:
            raise parameter(name, _("there is no field “{name}”").format(name=one[:60]))
    return frozenset(given)
