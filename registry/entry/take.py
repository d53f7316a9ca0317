"""Computed values that a button puts into their fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode


@dataclass(frozen=True)
class Take:
    """A button: its words, and the inputs that it fills, form-encoded."""

    words: str
    inputs: str


def take(words: str, prefix: str, name: str, value: Any) -> Take:
    """A button that fills one field of the part with that prefix."""
    return Take(words, urlencode({f"{prefix}-{name}": value}))
