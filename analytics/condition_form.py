"""The part of the workbench's form that makes a condition: covariate, operator, values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.covariates import Covariate
from analytics.covariates.conditions import Operator

_FOR_CATEGORIES: tuple[tuple[Operator, str | Promise], ...] = (
    (Operator.IN, _("is one of")),
    (Operator.NOT, _("is known and none of")),
)
_FOR_NUMBERS: tuple[tuple[Operator, str | Promise], ...] = (
    (Operator.GE, _("is at least")),
    (Operator.GT, _("is above")),
    (Operator.LE, _("is at most")),
    (Operator.LT, _("is below")),
    (Operator.EQ, _("is")),
)
_FOR_ALL: tuple[tuple[Operator, str | Promise], ...] = (
    (Operator.KNOWN, _("is known")),
    (Operator.MISSING, _("is not known")),
)


@dataclass(frozen=True, slots=True)
class ConditionForm:
    """The controls for a condition on one covariate."""

    covariate: Covariate

    @property
    def operators(self) -> list[tuple[str, str | Promise]]:
        """Operators that fit the covariate, with their words."""
        own = _FOR_NUMBERS if self.covariate.kind == "number" else _FOR_CATEGORIES
        return [(operator.value, words) for operator, words in (*own, *_FOR_ALL)]


def condition_form(query: QueryDict, covariates: Mapping[str, Covariate]) -> ConditionForm | None:
    """The controls for the covariate that the reader wants to choose by; None for none."""
    covariate = covariates.get(query.get("by", ""))
    return ConditionForm(covariate) if covariate else None


def typed_condition(query: QueryDict) -> str:
    """The condition that the controls hold, as the address writes it; "" for none."""
    code, operator = query.get("by", ""), query.get("is", "")
    if not (code and operator):
        return ""
    if operator in (Operator.KNOWN, Operator.MISSING):
        return f"{code}:{operator}"
    values = ",".join(filter(None, (value.strip() for value in query.getlist("value"))))
    return f"{code}:{operator}:{values}"
