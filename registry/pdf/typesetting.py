"""Typst: a template of this folder and its data as a PDF."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent


def typeset(template: str, data: Any, *, at: dt.datetime) -> bytes:
    """The template filled with the data: accessible (tagged) PDF, with Typst's own fonts only.

    Texts travel as JSON and are set as text: nothing in them is read as markup, and the template
    reads no other file than those of its folder.

    Args:
        at: the moment that the document says it was made.
    """
    document: bytes = typst.compile(
        FOLDER / template,
        root=FOLDER,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        timestamp=at,
    )
    return document
