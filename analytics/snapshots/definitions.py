"""The definitions of a protocol's endpoints as plain data."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

from registry.protocols.types import Protocol


def definitions(protocol: Protocol) -> list[dict[str, Any]]:
    """One entry per endpoint: what counts, what competes, from where and how long time runs."""
    return [
        {field.name: _plain(getattr(one, field.name)) for field in fields(one)}
        for one in protocol.endpoints
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value
