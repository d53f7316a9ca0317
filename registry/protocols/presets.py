"""The protocols that come with the registry."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from registry.protocols.reader import read_protocol
from registry.protocols.section import ProtocolError
from registry.protocols.types import Protocol

PRESETS = ("jinling", "cnao", "cams", "miyakojima", "preop", "tcga_sarc", "sts_mcgill")

_FOLDER = Path(__file__).parent


def preset_text(key: str) -> str:
    """The TOML text of a preset.

    Raises:
        ProtocolError: when there is no preset of that key.
    """
    if key not in PRESETS:
        raise ProtocolError(key, "", f"is no protocol preset; there are {', '.join(PRESETS)}")
    return (_FOLDER / f"{key}.toml").read_text(encoding="utf-8")


@cache
def preset(key: str) -> Protocol:
    """A preset, read and checked.

    Raises:
        ProtocolError: when there is no preset of that key.
    """
    return read_protocol(preset_text(key), name=f"{key}.toml")
