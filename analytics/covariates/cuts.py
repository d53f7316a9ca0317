"""How a covariate is made of another one: by borders of a number, or by groups of codes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from django.utils.translation import gettext as _

from registry.number_text import short

Categories = tuple[tuple[str, str], ...]
"""Codes of the categories with their labels, the reference first."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Classes of a number between rising borders.

    ``upper_includes``: a value on a border belongs to the class above it (≥ 65 against < 65), else
    to the one below (> 5 against ≤ 5).

    Raises:
        ValueError: no border, one that is not finite, or borders that do not rise.
    """

    borders: tuple[float, ...]
    upper_includes: bool = True

    def __post_init__(self) -> None:
        if not self.borders:
            raise ValueError("borders: at least one is needed")
        if not all(math.isfinite(border) for border in self.borders):
            raise ValueError(f"borders: every one must be finite, got {list(self.borders)}")
        if any(lower >= upper for lower, upper in pairwise(self.borders)):
            raise ValueError(f"borders: they must rise, got {list(self.borders)}")

    def categories(self, unit_text: str) -> Categories:
        """Codes such as "lt65" and "ge65" with labels, from the lowest class to the highest."""
        return tuple(self._classes(unit_text))

    def _classes(self, unit_text: str) -> Iterator[tuple[str, str]]:
        low, high = ("ge", "lt") if self.upper_includes else ("gt", "le")
        signs = {"ge": "≥", "lt": "<", "gt": ">", "le": "≤"}
        unit = f" {unit_text}" if unit_text else ""

        def part(side: str, border: float) -> tuple[str, str]:
            return f"{side}{border:g}", f"{signs[side]} {short(border, 3)}"

        for lower, upper in zip((None, *self.borders), (*self.borders, None), strict=True):
            parts = [
                part(side, border)
                for side, border in ((low, lower), (high, upper))
                if border is not None
            ]
            code = "_".join(code for code, _words in parts)
            words = _(" and ").join(words for _code, words in parts)
            yield code, f"{words}{unit}"

    def cut(self, values: pd.Series) -> pd.Series:
        """Ordered categories of numbers; a missing number stays missing."""
        names = [code for code, _words in self.categories("")]
        edges = [-math.inf, *self.borders, math.inf]
        cut = pd.cut(values, edges, right=not self.upper_includes, labels=names)
        return pd.Series(cut, index=values.index)


@dataclass(frozen=True, slots=True)
class Group:
    """Codes that are one category."""

    code: str
    label: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """Categories of codes; a code of none of them counts as missing.

    Raises:
        ValueError: fewer than two groups, one without codes, or a code or name that occurs twice.
    """

    groups: tuple[Group, ...]

    def __post_init__(self) -> None:
        if len(self.groups) < 2:
            raise ValueError("groups: at least two are needed")
        for group in self.groups:
            if not group.members:
                raise ValueError(f"groups: {group.code} has no codes")
        members = [code for group in self.groups for code in group.members]
        for what, names in (
            ("code", members),
            ("group", [group.code for group in self.groups]),
            ("label", [group.label for group in self.groups]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"groups: {what} {', '.join(twice)} occurs twice")

    def categories(self) -> Categories:
        """Codes of the groups with their labels, in their order."""
        return tuple((group.code, group.label) for group in self.groups)

    def cut(self, values: pd.Series) -> pd.Series:
        """Categories of codes; the first group is the reference."""
        group_of = {code: group.code for group in self.groups for code in group.members}
        names = [group.code for group in self.groups]
        found = values.astype(object).map(group_of)
        return pd.Series(pd.Categorical(found, categories=names), index=values.index)
