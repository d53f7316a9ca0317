"""The version of the registry that makes a snapshot."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def code_version() -> str:
    """As in ``pyproject.toml``; "unknown" where that is not installed beside the code."""
    file = Path(settings.BASE_DIR) / "pyproject.toml"
    try:
        return str(tomllib.loads(file.read_text(encoding="utf-8"))["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError):
        return "unknown"
