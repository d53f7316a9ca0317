"""Rows that speak of the patients of every centre: only for who reads the whole study."""

from __future__ import annotations

from typing import Any

from django.db import models

from registry.scope import ScopeError, current_scope


class OfWholeStudies(models.Manager[Any]):
    """Fails closed: only rows of the studies that the reader sees as a whole.

    Args:
        study_path: leads from the row to the study.
        with_cases: only of studies whose cases the reader reads, not of those whose figures alone.
    """

    def __init__(self, study_path: str = "study", *, with_cases: bool = False) -> None:
        super().__init__()
        self._study_path, self._with_cases = study_path, with_cases

    def get_queryset(self) -> models.QuerySet[Any]:
        """The rows of the scope in force.

        Raises:
            ScopeError: outside of any scope.
        """
        scope = current_scope()
        if scope is None:
            raise ScopeError(f"{self.model.__name__} was queried outside a scope")
        rows = super().get_queryset()
        if scope.everything:
            return rows
        seen = scope.study_ids if self._with_cases else scope.for_figures().study_ids
        return rows.filter(**{f"{self._study_path}__in": seen})
