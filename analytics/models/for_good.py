"""Rows that are stored once and stay as they are; the database refuses as well."""

from __future__ import annotations

from typing import Any

from django.db import models


class StoredForGood(models.Model):
    """A row that nobody changes or removes."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new one.

        Raises:
            TypeError: for one that is stored already.
        """
        if not self._state.adding:
            raise TypeError(f"a {self._meta.verbose_name_raw} is not changed: make another one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refused.

        Raises:
            TypeError: always.
        """
        raise TypeError(f"a {self._meta.verbose_name_raw} is not removed")
