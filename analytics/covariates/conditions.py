"""Conditions by which patients and lesions are chosen: "grade:in:2,3", "size_cm:gt:5"."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd
from django.utils.translation import gettext as _

from analytics.covariates.covariate import Covariate, CovariateError
from registry.number_text import general


class Operator(StrEnum):
    """How a value is compared."""

    IN = "in"
    NOT = "not"
    EQ = "eq"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"
    MISSING = "missing"
    KNOWN = "known"


_COMPARE: Mapping[Operator, Callable[[pd.Series, float], pd.Series]] = {
    Operator.EQ: operator.eq,
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}
_OF_CATEGORIES = (Operator.IN, Operator.NOT, Operator.EQ)
_WITHOUT_VALUE = (Operator.MISSING, Operator.KNOWN)


@dataclass(frozen=True, slots=True)
class Condition:
    """A covariate, an operator and what is compared with.

    ``operands`` are codes of categories, or one number as it was written. Missing values fulfil
    no condition but "missing".
    """

    covariate: str
    operator: Operator
    operands: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Condition:
        """The condition of a text such as "grade:in:2,3" or "kps:missing".

        Raises:
            CovariateError: naming the text and what is wrong with it.
        """
        code, colon, rest = text.strip().partition(":")
        name, _colon, after = rest.partition(":")
        if not (code and colon and name):
            raise _wrong(text, _("write covariate:operator:values"))
        try:
            found = Operator(name)
        except ValueError:
            there = ", ".join(Operator)
            why = _("there is no operator %(name)s; there are %(there)s")
            raise _wrong(text, why % {"name": name, "there": there}) from None
        operands = tuple(after.split(",")) if after else ()
        if found in _WITHOUT_VALUE:
            if operands:
                raise _wrong(text, _("%(name)s takes no values") % {"name": name})
        elif not operands or "" in operands:
            raise _wrong(text, _("%(name)s needs values") % {"name": name})
        elif found not in (Operator.IN, Operator.NOT) and len(operands) > 1:
            raise _wrong(text, _("%(name)s takes one value") % {"name": name})
        return cls(code, found, operands)

    @property
    def text(self) -> str:
        """The text that :meth:`parse` reads back."""
        parts = [self.covariate, self.operator.value]
        if self.operands:
            parts.append(",".join(self.operands))
        return ":".join(parts)

    def holds(self, one: Covariate, values: pd.Series) -> pd.Series:
        """True for each value that fulfils the condition; never missing.

        Raises:
            CovariateError: as :meth:`check`.
        """
        self.check(one)
        if self.operator is Operator.MISSING:
            return values.isna()
        if self.operator is Operator.KNOWN:
            return values.notna()
        if one.kind == "number":
            return _COMPARE[self.operator](values, float(self.operands[0])) & values.notna()
        chosen = values.isin(self.operands)
        return ~chosen & values.notna() if self.operator is Operator.NOT else chosen

    def check(self, one: Covariate) -> None:
        """Whether the operator and what is compared with fit the covariate.

        Raises:
            CovariateError: naming the covariate, the operator, and what would fit.
        """
        if self.operator in _WITHOUT_VALUE:
            return
        if one.kind == "number":
            if self.operator not in _COMPARE:
                there = ", ".join([*_COMPARE, *_WITHOUT_VALUE])
                why = _("%(code)s is a number and is compared by %(there)s")
                raise _wrong(self.text, why % {"code": one.code, "there": there})
            if _number(self.operands[0]) is None:
                why = _("%(value)s is no number")
                raise _wrong(self.text, why % {"value": self.operands[0]})
            return
        if self.operator not in _OF_CATEGORIES:
            there = ", ".join([*_OF_CATEGORIES, *_WITHOUT_VALUE])
            why = _("%(code)s has categories and is compared by %(there)s")
            raise _wrong(self.text, why % {"code": one.code, "there": there})
        unknown = [code for code in self.operands if code not in one.codes]
        if unknown:
            why = _("%(code)s has no category %(unknown)s; there are %(there)s")
            names = {"code": one.code, "unknown": ", ".join(unknown), "there": ", ".join(one.codes)}
            raise _wrong(self.text, why % names)

    def words(self, one: Covariate) -> str:
        """The condition for people: "FNCLCC grade is G2 or G3", "Size is above 5 cm"."""
        if self.operator is Operator.MISSING:
            return _("%(label)s is not known") % {"label": one.label}
        if self.operator is Operator.KNOWN:
            return _("%(label)s is known") % {"label": one.label}
        if one.kind == "number":
            said = {
                Operator.EQ: _("%(label)s is %(value)s"),
                Operator.GT: _("%(label)s is above %(value)s"),
                Operator.GE: _("%(label)s is %(value)s or more"),
                Operator.LT: _("%(label)s is below %(value)s"),
                Operator.LE: _("%(label)s is at most %(value)s"),
            }[self.operator]
            value = f"{general(float(self.operands[0]), 10)} {one.unit_text}".strip()
            return said % {"label": one.label, "value": value}
        listed = _(" or ").join(one.label_of(code) for code in self.operands)
        said = _("%(label)s is %(value)s")
        if self.operator is Operator.NOT:
            said = _("%(label)s is known and not %(value)s")
        return said % {"label": one.label, "value": listed}


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _wrong(text: str, why: str) -> CovariateError:
    return CovariateError(_("Condition “%(text)s”: %(why)s.") % {"text": text, "why": why})
