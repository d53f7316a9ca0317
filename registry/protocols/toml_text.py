"""Where the statements of a TOML text stand, so that some of them can be replaced in place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<string>
          \"{3} (?: \\. | [^\\] )*? \"{3,5}     # may end in two quotes of its own
        | '{3} .*? '{3,5}
        | " (?: \\. | [^"\\\n] )* "
        | ' [^'\n]* '
      )
    | (?P<comment> \#[^\n]* )
    | (?P<open> [\[{] ) | (?P<close> [\]}] )
    | (?P<equals> = )
    | (?P<newline> \n )
    | (?P<blank> [ \t\r]+ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A table's head or a key with its value: whole lines of the text, from ``start`` to ``end``.

    Attributes:
        path: the names of the table and of the key; of a head, those of its table.
        is_head: True for ``[table]`` and ``[[table]]``.
        value: where the value stands, without the comment after it; empty of a head.
    """

    path: tuple[str, ...]
    is_head: bool
    start: int
    end: int
    value: slice


def statements(text: str) -> Iterator[Statement]:
    """The statements of a TOML text in their order.

    The text must be valid: what is not is for :mod:`tomllib` to say.
    """
    table: tuple[str, ...] = ()
    for start, end, tokens in _lines(text):
        first, last = tokens[0], tokens[-1]
        if first.lastgroup == "open":
            table = _names(text[first.start() : last.end()], of_head=True)
            yield Statement(table, True, start, end, slice(end, end))
        else:
            equals = next(token for token in tokens if token.lastgroup == "equals")
            value = next(token for token in tokens if token.start() > equals.start())
            names = _names(text[first.start() : equals.start()], of_head=False)
            yield Statement((*table, *names), False, start, end, slice(value.start(), last.end()))


def _lines(text: str) -> Iterator[tuple[int, int, list[re.Match[str]]]]:
    """Start, end and tokens of each statement, which may run over several lines."""
    start = depth = 0
    tokens: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "newline" if depth == 0:
                if tokens:
                    yield start, token.end(), tokens
                start, tokens = token.end(), []
                continue
            case "newline" | "comment" | "blank":
                continue
            case "open":
                depth += 1
            case "close":
                depth -= 1
        tokens.append(token)
    if tokens:
        yield start, len(text), tokens


def _names(key: str, *, of_head: bool) -> tuple[str, ...]:
    """The parts of a key, bare or quoted, as the library reads them."""
    place: object = tomllib.loads(key if of_head else f"{key} = 0")
    names: list[str] = []
    while place:
        if isinstance(place, list):
            place = place[0]
        if isinstance(place, dict) and place:
            ((name, place),) = place.items()
            names.append(name)
    return tuple(names)
