"""Typed reading of TOML tables: every refusal names the file, the key path and the reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise
from typing import NoReturn, TypeGuard, TypeVar

Word = TypeVar("Word", bound=StrEnum)

# A hundred years in days: nothing that a protocol counts is more, and dates stay on the calendar.
LARGEST = 36_500


class ProtocolError(ValueError):
    """A protocol file that cannot be accepted."""

    def __init__(self, name: str, path: str, reason: str) -> None:
        self.name = name
        self.path = path
        self.reason = reason
        super().__init__(f"{name}: {path}: {reason}" if path else f"{name}: {reason}")


def _is_whole(value: object, at_least: int, at_most: int) -> TypeGuard[int]:
    return type(value) is int and at_least <= value <= at_most


def _is_positive(value: object) -> TypeGuard[int | float]:
    return type(value) in (int, float) and isinstance(value, int | float) and 0 < value <= LARGEST


class Section:
    """One table of a protocol file. Keys that nobody asked for are refused by :meth:`close`."""

    def __init__(self, table: Mapping[str, object], *, name: str, path: str = "") -> None:
        self._table = table
        self._asked: set[str] = set()
        self.name = name
        self.path = path

    def at(self, key: str) -> str:
        """Key path of a key of this table."""
        return f"{self.path}.{key}" if self.path else key

    def refuse(self, key: str, reason: str) -> NoReturn:
        """Raise a ProtocolError about a key of this table ("" for the table itself)."""
        raise ProtocolError(self.name, self.at(key) if key else self.path, reason)

    def has(self, key: str) -> bool:
        """True when the key is there."""
        self._asked.add(key)
        return key in self._table

    def keys(self) -> list[str]:
        """All keys in the order of the file; for tables whose keys are names."""
        self._asked.update(self._table)
        return list(self._table)

    def close(self) -> None:
        """Refuse the first key that was not asked for."""
        for key in self._table:
            if key not in self._asked:
                near = difflib.get_close_matches(key, self._asked, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self.refuse(key, f"unknown key{hint} Known here: {', '.join(sorted(self._asked))}")

    def _value(self, key: str) -> object:
        if not self.has(key):
            self.refuse(key, "is missing")
        return self._table[key]

    def text(self, key: str, *, pattern: str = "", meaning: str = "") -> str:
        """Text that is not blank; ``pattern`` (regular expression) is explained by ``meaning``."""
        value = self._value(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"must be a text that is not empty, found {value!r}")
        if pattern and not re.fullmatch(pattern, value):
            self.refuse(key, f"must be {meaning}, found {value!r}")
        return " ".join(value.split())

    def whole(self, key: str, *, at_least: int, at_most: int = LARGEST) -> int:
        """A whole number."""
        value = self._value(key)
        if not _is_whole(value, at_least, at_most):
            self.refuse(
                key, f"must be a whole number from {at_least} to {at_most}, found {value!r}"
            )
        return value

    def wholes(self, key: str, *, at_least: int, at_most: int = LARGEST) -> tuple[int, ...]:
        """Rising whole numbers, at least one."""
        values = self._list(key)
        numbers = [value for value in values if _is_whole(value, at_least, at_most)]
        if len(numbers) != len(values):
            self.refuse(
                key, f"must be whole numbers from {at_least} to {at_most}, found {values!r}"
            )
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            self.refuse(key, f"must rise from number to number, found {values!r}")
        return tuple(numbers)

    def number(self, key: str) -> float:
        """A number above zero."""
        value = self._value(key)
        if not _is_positive(value):
            self.refuse(key, f"must be a number above 0, found {value!r}")
        return float(value)

    def number_from_0(self, key: str) -> float:
        """A number above zero, or zero."""
        value = self._value(key)
        return 0.0 if type(value) in (int, float) and value == 0 else self.number(key)

    def percent(self, key: str) -> float:
        """A number from 0 to 100."""
        value = self.number_from_0(key)
        if value > 100:
            self.refuse(key, f"must be a number from 0 to 100, found {value!r}")
        return value

    def numbers(self, key: str) -> tuple[float, ...]:
        """Numbers above zero, at least one."""
        values = self._list(key)
        numbers = [float(value) for value in values if _is_positive(value)]
        if len(numbers) != len(values):
            self.refuse(key, f"must be numbers above 0, found {values!r}")
        return tuple(numbers)

    def word(self, key: str, words: type[Word]) -> Word:
        """One word of a vocabulary."""
        return self._word(key, self._value(key), words)

    def words(self, key: str, words: type[Word]) -> tuple[Word, ...]:
        """Different words of a vocabulary, at least one."""
        found = tuple(self._word(key, value, words) for value in self._list(key))
        for value in found:
            if found.count(value) > 1:
                self.refuse(key, f"names {value} twice")
        return found

    def texts(self, key: str, *, pattern: str = ".+", meaning: str = "texts") -> tuple[str, ...]:
        """Different texts, at least one."""
        texts: list[str] = []
        for value in self._list(key):
            if not isinstance(value, str) or not re.fullmatch(pattern, value):
                self.refuse(key, f"must be {meaning}, found {value!r}")
            if value in texts:
                self.refuse(key, f"names {value} twice")
            texts.append(value)
        return tuple(texts)

    def section(self, key: str) -> Section:
        """A table."""
        value = self._value(key)
        if not isinstance(value, dict):
            self.refuse(key, f"must be a table, found {value!r}")
        return Section(value, name=self.name, path=self.at(key))

    def sections(self, key: str) -> list[Section]:
        """A list of tables, at least one; their paths count from 1: "phases[1]"."""
        found = []
        for place, value in enumerate(self._list(key), start=1):
            if not isinstance(value, dict):
                self.refuse(f"{key}[{place}]", f"must be a table, found {value!r}")
            found.append(Section(value, name=self.name, path=self.at(f"{key}[{place}]")))
        return found

    def named_sections(self, key: str) -> list[tuple[str, Section]]:
        """Tables by their names: ``[key.name]``, in the order of the file; none when absent."""
        if not self.has(key):
            return []
        parent = self.section(key)
        return [(name, parent.section(name)) for name in parent.keys()]  # noqa: SIM118

    def _list(self, key: str) -> list[object]:
        value = self._value(key)
        if not isinstance(value, list) or not value:
            self.refuse(key, f"must be a list that is not empty, found {value!r}")
        return value

    def _word(self, key: str, value: object, words: type[Word]) -> Word:
        allowed = [word.value for word in words]
        if value not in allowed:
            self.refuse(key, f"must be one of {', '.join(allowed)}, found {value!r}")
        return words(value)
