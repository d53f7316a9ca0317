"""Database columns of our own: partial dates and encrypted text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from registry import keyring
from registry.partial_date import PartialDate


class PartialDateField(models.Field):
    """A :class:`PartialDate`, kept as ISO text of reduced precision (4, 7 or 10 characters)."""

    description = "Date known to the year, the month or the day"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """Arguments for migrations: the length is fixed."""
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        """Stored as text of ten characters at most."""
        return "CharField"

    def from_db_value(self, value: str | None, *_: Any) -> PartialDate | None:
        """Read the ISO text."""
        return None if value is None else _parsed(value)

    def to_python(self, value: Any) -> PartialDate | None:
        """Read what a form or an assignment gives; ValidationError says what is wrong."""
        if value in (None, ""):
            return None
        try:
            return PartialDate.of(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid_date") from None

    def get_prep_value(self, value: Any) -> str | None:
        """ISO text to store or compare with."""
        if value in (None, ""):
            return None
        # A plain text passes as it is, so that look-ups such as __startswith="2021" work.
        return value if isinstance(value, str) else str(PartialDate.of(value))

    def value_to_string(self, obj: models.Model) -> str:
        """ISO text for serialisers."""
        return str(self.value_from_object(obj) or "")

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """A text input of ten characters."""
        from django import forms

        return super().formfield(form_class=forms.CharField, max_length=10, **kwargs)


@lru_cache(maxsize=16_384)
def _parsed(text: str) -> PartialDate:
    """Kept, since the days of a registry are few beside its rows."""
    return PartialDate.parse(text)


class EncryptedTextField(models.TextField):
    """Text that is encrypted at rest with the identity keyring (see :mod:`registry.keyring`)."""

    description = "Encrypted text"

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        """Decrypt."""
        return None if value is None else keyring.decrypt(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt."""
        return None if value is None else keyring.encrypt(str(value))
