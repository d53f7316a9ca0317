"""Of whom figures are counted, and over which days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from registry.models import Enrolment, Study
from registry.protocols.calendar import add_months

Key = tuple[int, int]
"""Study and centre, by their keys: every selector here counts by both."""

MONTHS_LOOKED_BACK = 12


@dataclass(frozen=True)
class Reach:
    """The patients of these studies: of all centres (``centres`` None), or of some of them."""

    studies: tuple[Study, ...]
    centres: Collection[int] | None = None

    def of_enrolments(self, path: str = "") -> Q:
        """Condition on rows that ``path`` leads from to an enrolment: it is live and in reach."""
        condition = {
            f"{path}study__in": [study.pk for study in self.studies],
            f"{path}voided_at__isnull": True,
            f"{path}patient__voided_at__isnull": True,
        }
        if self.centres is not None:
            condition[f"{path}patient__centre__in"] = list(self.centres)
        return Q(**condition)

    def patients(self) -> QuerySet[Any, Any]:
        """The keys of the patients, for a condition on rows of many tables."""
        return Enrolment.objects.filter(self.of_enrolments()).order_by().values("patient")

    def of_patients(self, path: str = "patient__") -> Q:
        """The same for rows that ``path`` leads from to a patient."""
        condition = {
            f"{path}voided_at__isnull": True,
            f"{path}enrolments__study__in": [study.pk for study in self.studies],
            f"{path}enrolments__voided_at__isnull": True,
        }
        if self.centres is not None:
            condition[f"{path}centre__in"] = list(self.centres)
        return Q(**condition)


@dataclass(frozen=True)
class Period:
    """Days from ``first`` to ``last``, both included."""

    first: dt.date
    last: dt.date

    @classmethod
    def before(cls, today: dt.date) -> Period:
        """The twelve months that end with yesterday."""
        return cls(add_months(today, -MONTHS_LOOKED_BACK), today - dt.timedelta(days=1))
